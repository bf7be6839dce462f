from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("actions", "0001_tasks_and_drafts")]

    operations = [
        migrations.AddField(
            model_name="task",
            name="title_without_people",
            field=models.CharField(blank=True, max_length=200),
        ),
    ]
