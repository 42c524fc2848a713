"""A stand-in Teams tenant: the Bot Connector API, login, signing keys and signed activities, as strict as the real one."""

from bot.rehearsal.faults import Fault
from bot.rehearsal.teams.actions import words
from bot.rehearsal.teams.adaptive import CARD_TYPE, card_faults
from bot.rehearsal.teams.chats import BOT, Chat, Message
from bot.rehearsal.teams.connector import routes
from bot.rehearsal.teams.doings import UNREACHABLE, Outcome
from bot.rehearsal.teams.methods import Call
from bot.rehearsal.teams.people import Member, Standing
from bot.rehearsal.teams.person import Dialog, Person
from bot.rehearsal.teams.rates import Rates
from bot.rehearsal.teams.tenant import Tenant

__all__ = [
    "BOT",
    "CARD_TYPE",
    "UNREACHABLE",
    "Call",
    "Chat",
    "Dialog",
    "Fault",
    "Member",
    "Message",
    "Outcome",
    "Person",
    "Rates",
    "Standing",
    "Tenant",
    "card_faults",
    "routes",
    "words",
]
