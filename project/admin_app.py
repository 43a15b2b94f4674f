from django.contrib.admin.apps import AdminConfig


class RegisterAdminConfig(AdminConfig):
    """Django's admin with the register's own site."""

    default_site = "register.admin_site.RegisterSite"
