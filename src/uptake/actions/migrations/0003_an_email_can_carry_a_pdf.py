import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("actions", "0002_tasks_have_a_title_without_people")]

    operations = [
        migrations.AddField("draft", "attachment_name", models.CharField(blank=True, max_length=100)),
        migrations.AddField("draft", "attachment_sha256", models.CharField(blank=True, max_length=64)),
        migrations.CreateModel(
            name="DraftFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("content", models.BinaryField()),
                (
                    "draft",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="file", to="actions.draft"
                    ),
                ),
            ],
        ),
    ]
