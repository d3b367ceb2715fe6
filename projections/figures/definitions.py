"""Every figure by its code: what it counts, in which unit, and what stands above and below the line.

Codes are stored names: they stand in targets and reports, and never change their meaning.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

Unit: TypeAlias = Literal["contacts", "customers", "orders", "money", "share", "hours", "calls"]


class Figure(msgspec.Struct, frozen=True):
    """`who` says what the list behind the number holds, one entry for each of its numerator.

    `segments` are the parts of a segment by which it can be narrowed. What `has_period` not is as things stand now.
    """

    code: str
    unit: Unit
    title: str
    definition: str
    who: Literal["items", "customers", "orders", "waits"]
    segments: tuple[str, ...] = ()
    has_period: bool = True


_CONTACTS = ("channel", "direction", "kind")


FIGURES: dict[str, Figure] = {
    figure.code: figure
    for figure in (
        Figure(
            "contacts", "contacts", "Contacts",
            "Items in the period that count as a contact; a mail to three customers counts once.",
            "items",
            _CONTACTS,
        ),
        Figure(
            "not_counted", "contacts", "Not counted",
            "Items in the period that are kept but count as no contact: newsletters, automatic replies, bounces and the like.",
            "items",
            _CONTACTS,
        ),
        Figure(
            "customers", "customers", "Customers",
            "Customers who had ordered at least once by the end of the period.",
            "customers",
        ),
        Figure(
            "prospect", "customers", "Prospects",
            "Known parties without any order by the end of the period.",
            "customers",
        ),
        Figure(
            "active", "customers", "Active customers",
            "Customers whose last order was at most 365 days old at the end of the period.",
            "customers",
        ),
        Figure(
            "dormant", "customers", "Dormant customers",
            "Customers whose last order was more than 365 and at most 730 days old at the end of the period.",
            "customers",
        ),
        Figure(
            "lost", "customers", "Lost customers",
            "Customers whose last order was more than 730 days old at the end of the period.",
            "customers",
        ),
        Figure("new", "customers", "New customers", "Customers whose first order fell in the period.", "customers"),
        Figure(
            "won_back", "customers", "Won back",
            "Orders in the period by customers who were dormant or lost just before.",
            "customers",
        ),
        Figure(
            "churned", "customers", "Churned",
            "Customers whose last order became older than 365 days in the period.",
            "customers",
        ),
        Figure(
            "repeat_rate", "share", "Repeat rate",
            "Customers with two orders or more by the end of the period, of those with at least one.",
            "customers",
        ),
        Figure(
            "orders", "orders", "Orders",
            "Orders placed in the period, those cancelled or refunded in full within 30 days left out.",
            "orders",
        ),
        Figure(
            "net_revenue", "money", "Net revenue",
            "What orders brought in the period, refunds and cancellations taken off on their own date; without tax where the shop tells it.",
            "items",
            ("currency",),
        ),
        Figure(
            "missed_calls", "calls", "Missed calls",
            "Concerns of inbound calls in the period in which nobody of us talked; repeated calls within half an hour are one.",
            "waits",
        ),
        Figure(
            "callback_rate", "share", "Missed calls answered",
            "Missed calls of the period that we answered on any channel, or whose caller got through later.",
            "waits",
            ("channel",),
        ),
        Figure(
            "callback_time", "hours", "Time to call back",
            "Median business hours from a missed call to our answer on any channel.",
            "waits",
        ),
        Figure(
            "first_response", "hours", "First response",
            "Median business hours from a message to our first answer on any channel; open ones are named beside it.",
            "waits",
        ),
        Figure(
            "unassigned_rate", "share", "Unassigned",
            "Counted contacts of the period without a customer, of all counted contacts.",
            "items",
            _CONTACTS,
        ),
        Figure(
            "completeness", "share", "Completeness",
            "Living customers and prospects with a name, a mail address and a telephone number, of all.",
            "customers",
            has_period=False,
        ),
    )
}  # fmt: skip
