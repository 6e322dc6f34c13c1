from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    name = "marketplace"

    def ready(self) -> None:
        from marketplace import rendering  # noqa: PLC0415
        from marketplace.demonstration import feed  # noqa: PLC0415 - models are loaded by now, not before
        from work.actions import handles  # noqa: PLC0415

        rendering.ask_plainly()
        handles(feed.SIMULATE, feed.simulate_due)
