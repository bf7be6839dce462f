from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0002_annotations_and_reports")]

    operations = [
        migrations.AddField("sharelink", "opened_count", models.PositiveIntegerField(default=0)),
        migrations.AddField("sharelink", "taken_count", models.PositiveIntegerField(default=0)),
        migrations.AddField("sharelink", "last_opened_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("reportschedule", "paper", models.CharField(default="a4", max_length=10)),
        migrations.AddField(
            "reportschedule", "day", models.PositiveSmallIntegerField(default=1), preserve_default=False
        ),
        migrations.AddField("reportschedule", "trouble", models.CharField(blank=True, max_length=300)),
    ]
