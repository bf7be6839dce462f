from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0005_guides")]

    operations = [
        migrations.CreateModel(
            name="LivePerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("connection_id", models.BigIntegerField()),
                ("person", models.CharField(max_length=500)),
                ("account_id", models.CharField(blank=True, max_length=500)),
                ("email", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("connection_id", "person"), name="one_row_per_source_and_person")
                ]
            },
        ),
        migrations.CreateModel(
            name="MovedSegment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("segment", models.CharField(max_length=100)),
                ("connection_id", models.BigIntegerField()),
                ("day", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("segment", "connection_id", "day"), name="a_segment_is_moved_once")
                ]
            },
        ),
    ]
