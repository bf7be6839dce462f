import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _teammate() -> models.Field:
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
    )


def _customer(related_name: str) -> models.Field:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name=related_name, to="customers.customer"
    )


def _id() -> models.Field:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_customers_have_a_region"),
        ("pipeline", "0001_health_is_weighed_and_told"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Annotation",
            fields=[
                ("id", _id()),
                ("on", models.DateField()),
                ("text", models.CharField(max_length=200)),
                ("written_at", models.DateTimeField(auto_now_add=True)),
                ("by", _teammate()),
                ("customer", _customer("annotations")),
            ],
            options={
                "ordering": ("on", "pk"),
                "indexes": [models.Index(fields=["customer", "on"], name="annotations_of_a_customer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="annotation_says_something"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShareLink",
            fields=[
                ("id", _id()),
                ("as_of", models.DateField()),
                ("period", models.CharField(max_length=10)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("created_by", _teammate()),
                ("customer", _customer("share_links")),
            ],
            options={"ordering": ("-created_at", "-pk")},
        ),
        migrations.CreateModel(
            name="ReportSchedule",
            fields=[
                ("id", _id()),
                (
                    "edition",
                    models.CharField(
                        choices=[("internal", "Internal"), ("customer", "For the customer")],
                        default="customer",
                        max_length=10,
                    ),
                ),
                (
                    "every",
                    models.CharField(
                        choices=[("month", "Every month"), ("quarter", "Every quarter")],
                        default="month",
                        max_length=10,
                    ),
                ),
                ("to_name", models.CharField(blank=True, max_length=200)),
                ("to_email", models.CharField(max_length=254)),
                ("next_on", models.DateField(db_index=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("created_by", _teammate()),
                ("customer", _customer("report_schedules")),
            ],
            options={
                "ordering": ("next_on", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("edition__in", ["internal", "customer"])), name="report_edition_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("every__in", ["month", "quarter"])), name="report_every_is_known"
                    ),
                    models.UniqueConstraint(
                        fields=("customer", "edition", "to_email"), name="one_schedule_per_report_and_recipient"
                    ),
                ],
            },
        ),
    ]
