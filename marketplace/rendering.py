"""The form renderer: every Django form comes out in the house's own markup."""

from django.forms.renderers import TemplatesSetting


class HouseFormRenderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
