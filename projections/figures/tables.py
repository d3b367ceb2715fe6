"""The tables that figures rest on, all derived from `contacts`, and the marks of what must be computed again."""

from __future__ import annotations

from stammkunde.projections.schema import Table

DIRTY = Table(
    "dirty",  # what changed since figures were last refreshed: day, customer, card, order, party or calendar
    ("what TEXT NOT NULL", "id TEXT NOT NULL"),
    ("what", "id"),
)

CALENDARS = Table(
    "calendars",  # what `calendar.set` said last of each year, as JSON
    ("year INTEGER NOT NULL", "body TEXT NOT NULL"),
    ("year",),
)

TALLY = Table(
    "tally",  # items, not contacts: a mail to three customers counts once
    (
        "local_day TEXT NOT NULL",
        "channel TEXT NOT NULL",
        "direction TEXT NOT NULL",
        "kind TEXT NOT NULL",
        "counted INTEGER NOT NULL",
        "items BIGINT NOT NULL",
        "open_contacts BIGINT NOT NULL",  # without a customer
        "contacts BIGINT NOT NULL",
    ),
    ("local_day", "channel", "direction", "kind"),
)

ARRIVALS = Table(
    "arrivals",  # contacts that stand, of whichever kind, by the source that gave them
    ("source TEXT NOT NULL", "local_day TEXT NOT NULL", "contacts BIGINT NOT NULL"),
    ("source", "local_day"),
    {"arrivals_day": "local_day"},
)

TURNOVER = Table(
    "turnover",  # money by day and currency; `net` without tax where the shop tells it, else with
    (
        "local_day TEXT NOT NULL",
        "currency TEXT NOT NULL",
        "amount_micro BIGINT NOT NULL",
        "net_micro BIGINT NOT NULL",
        "items BIGINT NOT NULL",
        "with_tax BIGINT NOT NULL",  # items whose net value is not known
    ),
    ("local_day", "currency"),
)

PURCHASES = Table(
    "purchases",  # placed orders; not standing: cancelled or refunded in full within 30 days
    (
        "order_id TEXT NOT NULL",
        "customer TEXT",
        "contact TEXT NOT NULL",
        "at BIGINT NOT NULL",
        "local_day TEXT NOT NULL",
        "standing INTEGER NOT NULL",
    ),
    ("order_id",),
    {
        "purchases_customer": "customer, local_day WHERE standing = 1",
        "purchases_day": "local_day WHERE standing = 1",
    },
)

MOVES = Table(
    "moves",  # customers going from one state of the base to another
    (
        "customer TEXT NOT NULL",
        "step INTEGER NOT NULL",  # two moves may fall on one day
        "local_day TEXT NOT NULL",
        "before TEXT NOT NULL",
        "after TEXT NOT NULL",
    ),
    ("customer", "step"),
    {"moves_day": "local_day, before, after"},
)

WAITS = Table(
    "waits",  # who waited for us; `party` is the customer, else the handle, else the contact itself
    (
        "contact TEXT NOT NULL",
        "party TEXT NOT NULL",
        "what TEXT NOT NULL",
        "since BIGINT NOT NULL",
        "local_day TEXT NOT NULL",
        "until BIGINT",
        "answer TEXT NOT NULL",
        "answer_channel TEXT NOT NULL",
        "by_himself INTEGER NOT NULL",
        "business_ms BIGINT",
    ),
    ("contact",),
    {
        "waits_party": "party",
        "waits_day": "what, local_day, until, by_himself, business_ms, answer_channel",
        "waits_open": "what, since WHERE until IS NULL",
    },
)

DELAYS = Table(
    "delays",  # `waits` by what was waited for and the day on which they began
    (
        "what TEXT NOT NULL",
        "local_day TEXT NOT NULL",
        "begun BIGINT NOT NULL",
        "ended BIGINT NOT NULL",  # by us, or by himself
        "answered_ms TEXT NOT NULL",  # business time of each that we ended, in ascending order, as JSON
    ),
    ("what", "local_day"),
)

PROFILES = Table(
    "profiles",  # customers and prospects as lists show them, without suppliers, partners and private people
    (
        "customer TEXT NOT NULL",
        "named INTEGER NOT NULL",  # a structured name is known, a mail address, a telephone number
        "mail INTEGER NOT NULL",
        "phone INTEGER NOT NULL",
        "first_day TEXT",  # of the first contact that stands, of the first and the second order that do
        "first_order TEXT",
        "second_order TEXT",
    ),
    ("customer",),
    {
        "profiles_first_day": "first_day",
        "profiles_first_order": "first_order",
        "profiles_second_order": "second_order",
        "profiles_complete": "customer WHERE named * mail * phone = 1",
    },
)

STEPS = Table(
    "steps",  # what a day adds to the customer base, be it in the future: `moves` and `profiles` counted
    (
        "local_day TEXT NOT NULL",
        "new BIGINT NOT NULL",
        "won_back BIGINT NOT NULL",
        "churned BIGINT NOT NULL",
        "dormant BIGINT NOT NULL",  # those who came to it less those who left it; so is `lost`
        "lost BIGINT NOT NULL",
        "prospects BIGINT NOT NULL",  # those who became known less those who ordered for the first time
        "ordered BIGINT NOT NULL",  # for the first time
        "reordered BIGINT NOT NULL",  # for the second time
    ),
    ("local_day",),
)

TABLES = (
    DIRTY, CALENDARS, TALLY, ARRIVALS, TURNOVER, PURCHASES, MOVES, WAITS, DELAYS, PROFILES, STEPS,
)  # fmt: skip
