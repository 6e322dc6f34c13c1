"""What every package declares: the extensions that its releases use, and who publishes under which licence."""

LICENCE = "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
VERSION = "1.1"
_PROFILE = "https://standard.open-contracting.org/profiles/eu/latest/en/extension.json"
_GITHUB = "https://raw.githubusercontent.com"
_OCDS = f"{_GITHUB}/open-contracting-extensions/ocds_{{}}_extension/{{}}/extension.json"
_STANDARD = (
    ("amendment_rationale_classifications", "master"),
    ("budget_breakdown", "master"),
    ("contract_completion", "master"),
    ("documentation", "master"),
    ("pagination", "master"),
    ("suitability", "master"),
    ("performance_failures", "master"),
    ("enquiry", "v1.1.5"),
    ("requirements", "master"),
    ("lots", "v1.1.5"),
    ("sustainability", "master"),
    ("transactions_relatedMilestone", "master"),
)
EXTENSIONS = [
    _PROFILE,
    *[_OCDS.format(name, version) for name, version in _STANDARD],
    f"{_GITHUB}/portaledcahn/ocds_Links_extension/main/extension.json",
    f"{_GITHUB}/cabinetoffice/ocds_uk_extension/main/extension.json",
]
