"""What delivery adds to the world of the doors: the own office's robot, mails given up."""

from reports.models import ReportMail, ReportSchedule
from reports.states import MailState
from tasks.models import Digest, Robot
from tasks.states import DigestState
from tests import factories as make
from tests.doors.shape import World


def channels(world: World) -> None:
    """A robot of the own side's office; the officer's mail that went nowhere."""
    world.rows |= {
        "robot": Robot.objects.create(
            office=world["office"],
            kind="wecom",
            name="双碳群",
            url="https://robot.example.org/send?key=1",
            added_by=world.people["coord"],
            added_at=make.NOW,
        ),
        "dead_mail": Digest.objects.create(
            recipient=world.people["officer"],
            day=make.NOW.date(),
            made_at=make.NOW,
            run_after=make.NOW,
            state=DigestState.DEAD,
            died_at=make.NOW,
            error="550 no such user",
            attempts=1,
        ),
    }


def scheduled(world: World) -> None:
    """The own side's book by schedule, and one of its mails that went nowhere."""
    schedule = ReportSchedule.objects.create(
        book="quarterly",
        plan=world["plan"],
        office=world["office"],
        every="month",
        day=25,
        made_by=world.people["coord"],
        since=make.TODAY,
    )
    schedule.recipients.set([world.people["coord"]])
    run = world["run_failed"]
    run.schedule = schedule
    run.save(update_fields=["schedule"])
    mail = ReportMail.objects.create(
        run=run,
        recipient=world.people["coord"],
        made_at=make.NOW,
        run_after=make.NOW,
        state=MailState.DEAD,
        died_at=make.NOW,
        error="550 no such user",
        attempts=1,
    )
    world.rows |= {"schedule": schedule, "book_mail": mail}
