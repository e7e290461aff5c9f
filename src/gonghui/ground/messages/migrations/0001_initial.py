import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.TextField(
                        choices=[
                            ("console", "控制台"),
                            ("file", "文件"),
                            ("email", "电子邮件"),
                            ("sms", "短信"),
                            ("wechat", "微信"),
                        ]
                    ),
                ),
                ("address", models.BinaryField(null=True)),
                ("template", models.TextField()),
                (
                    "language",
                    models.TextField(choices=[("zh", "中文"), ("en", "English")], default="zh"),
                ),
                ("parameters", models.JSONField()),
                ("private", models.BinaryField(null=True)),
                ("key", models.TextField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("waiting", "待发"),
                            ("sending", "发送中"),
                            ("sent", "已发"),
                            ("unknown", "结果不明，待人处理"),
                            ("failed", "失败，待人处理"),
                            ("dropped", "已放弃"),
                        ],
                        default="waiting",
                    ),
                ),
                ("attempts", models.IntegerField(default=0)),
                ("code", models.TextField(blank=True, default="")),
                ("reference", models.TextField(blank=True, default="")),
                ("written_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.personcontact",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.person",
                    ),
                ),
                (
                    "union",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.union",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person", "id"], name="message_person"),
                    models.Index(
                        condition=models.Q(("state__in", ["failed", "unknown"])),
                        fields=["union", "id"],
                        name="message_undelivered",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("union", "key"), name="message_told_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["waiting", "sending", "sent", "unknown", "failed", "dropped"],
                            )
                        ),
                        name="message_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ["console", "file", "email", "sms", "wechat"])
                        ),
                        name="message_channel",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField()),
                ("run_id", models.BigIntegerField()),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("sent", "sent"),
                            ("retryable", "retryable"),
                            ("permanent", "permanent"),
                            ("unknown", "unknown"),
                        ],
                        default="",
                    ),
                ),
                ("code", models.TextField(blank=True, default="")),
                ("reference", models.TextField(blank=True, default="")),
                (
                    "union",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.union",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tried",
                        to="messages.message",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("message", "number"), name="attempt_number")
                ],
            },
        ),
    ]
