"""Invented names: companies, people, roles. Any likeness is chance; all addresses end in ``.example``."""

import re
import unicodedata
from typing import Literal, NamedTuple

Segment = Literal["enterprise", "mid-market", "small"]


class Company(NamedTuple):
    name: str
    segment: Segment
    time_zone: str
    archetype: str


_NY, _CHICAGO, _LA, _TORONTO = "America/New_York", "America/Chicago", "America/Los_Angeles", "America/Toronto"
_LONDON, _BERLIN, _PARIS, _MADRID = "Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Madrid"
_AMSTERDAM, _STOCKHOLM = "Europe/Amsterdam", "Europe/Stockholm"
_TOKYO, _KOLKATA, _SYDNEY, _SAO_PAULO = "Asia/Tokyo", "Asia/Kolkata", "Australia/Sydney", "America/Sao_Paulo"

ZONES: tuple[str, ...] = (
    *(_NY, _CHICAGO, _LA, _LONDON, _BERLIN, _NY, _PARIS, _MADRID, _AMSTERDAM, _STOCKHOLM, _TORONTO, _TOKYO),
    *(_KOLKATA, _SYDNEY, _SAO_PAULO, _LONDON, _BERLIN, _CHICAGO),
)
"""Where customers beyond the first 67 are, each as often as it stands here."""

COMPANIES = (
    Company("TechCorp", "enterprise", _NY, "champion"),
    Company("OldCorp", "enterprise", _BERLIN, "declining"),
    Company("StartupABC", "small", _LA, "onboarding"),
    Company("SmallBiz", "small", _CHICAGO, "flat"),
    Company("Acme Corp", "enterprise", _BERLIN, "growing"),
    Company("DataPro", "mid-market", _CHICAGO, "champion"),
    Company("CloudMax", "mid-market", _NY, "champion"),
    Company("Helio Systems", "mid-market", _MADRID, "steady"),
    Company("Brightside", "small", _SYDNEY, "steady"),
    Company("Kestrel Media", "mid-market", _LONDON, "growing"),
    Company("Lumen Health", "enterprise", _NY, "steady"),
    Company("Portside Freight", "mid-market", _AMSTERDAM, "steady"),
    Company("Verdant Foods", "mid-market", _PARIS, "browsing"),
    Company("Quill & Co", "small", _LONDON, "steady"),
    Company("Stonebridge", "enterprise", _TORONTO, "declining"),
    Company("Orbit Retail", "mid-market", _CHICAGO, "seasonal"),
    Company("Fennel Bank", "enterprise", _LONDON, "steady"),
    Company("Maple Logistics", "mid-market", _TORONTO, "steady"),
    Company("Tern Analytics", "small", _STOCKHOLM, "flat"),
    Company("Grove Dental", "small", _LA, "flat"),
    Company("Fathom Charts", "small", _AMSTERDAM, "new"),
    Company("Juniper Care", "mid-market", _SYDNEY, "onboarding"),
    Company("Ridgeway", "small", _CHICAGO, "new"),
    Company("Müller & Söhne", "mid-market", _BERLIN, "steady"),
    Company("O'Hara Shipping", "small", _NY, "steady"),
    Company("Ibarra, Ruiz y Asociados", "small", _MADRID, "growing"),
    Company("Café Amélie", "small", _PARIS, "flat"),
    Company("Sakura Robotics", "mid-market", _TOKYO, "champion"),
    Company("Monsoon Textiles", "mid-market", _KOLKATA, "steady"),
    Company("Coral Bay Hotels", "mid-market", _SYDNEY, "steady"),
    Company("Araucaria Energia", "enterprise", _SAO_PAULO, "steady"),
    Company("Norrland Timber", "mid-market", _STOCKHOLM, "growing"),
    Company("Polder Pumps", "small", _AMSTERDAM, "power few"),
    Company("Quantum Ledger", "mid-market", _NY, "power few"),
    Company("Isarwerk", "enterprise", _BERLIN, "champion"),
    Company("Beacon Schools", "mid-market", _CHICAGO, "seasonal"),
    Company("Harbor & Finch", "small", _LA, "champion"),
    Company("Silverlake Studios", "small", _LA, "browsing"),
    Company("Granite Mutual", "enterprise", _CHICAGO, "stalled"),
    Company("Pemberton Law", "small", _LONDON, "flat"),
    Company("Lindgren Bikes", "small", _STOCKHOLM, "champion"),
    Company("Vega Pharma", "enterprise", _PARIS, "growing"),
    Company("Castellan Security", "mid-market", _MADRID, "declining"),
    Company("Blue Heron Travel", "small", _NY, "declining"),
    Company("Tidewater Clinics", "mid-market", _NY, "steady"),
    Company("Marigold Events", "small", _LONDON, "seasonal"),
    Company("Foxglove Garden", "small", _LONDON, "dozing"),
    Company("Ironwood Tools", "mid-market", _CHICAGO, "flat"),
    Company("Copperline Rail", "enterprise", _LONDON, "browsing"),
    Company("Saffron Street", "small", _KOLKATA, "champion"),
    Company("Hinode Foods", "mid-market", _TOKYO, "flat"),
    Company("Pampa Grain", "mid-market", _SAO_PAULO, "growing"),
    Company("Delft Optics", "small", _AMSTERDAM, "steady"),
    Company("Wattle Insurance", "enterprise", _SYDNEY, "steady"),
    Company("Cedar & Stone", "small", _TORONTO, "stalled"),
    Company("Atlas Couriers", "mid-market", _PARIS, "leaving"),
    Company("Mirador Homes", "small", _MADRID, "leaving"),
    Company("Thistle Print", "small", _LONDON, "leaving"),
    Company("Northgate Labs", "enterprise", _NY, "champion"),
    Company("Elbe Marine", "mid-market", _BERLIN, "growing"),
    Company("Sundial Solar", "small", _LA, "growing"),
    Company("Kiruna Mining", "mid-market", _STOCKHOLM, "stalled"),
    Company("Plumtree Toys", "small", _CHICAGO, "steady"),
    Company("Osprey Air", "mid-market", _LA, "champion"),
    Company("Lantern Books", "small", _TORONTO, "flat"),
    Company("Vineyard Group", "mid-market", _PARIS, "power few"),
    Company("Redwood Credit", "mid-market", _LA, "steady"),
)
"""The first 67 customers; the first four are the story's people. Larger portfolios go on with ``company_name``."""


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


OPEN_ALL_WEEK = {"Coral Bay Hotels", "Tidewater Clinics"}

_FIRST = _listed("""Amber Alder Anchor Arbor Argent Aspen Aster Aurora Autumn Badger Basalt Bay Birch Bramble Bridge Bright
Brook Canyon Cedar Chalk Cinder Clear Cliff Cloud Clover Cobalt Comet Copper Coral Crane Crest Crystal Dale Dawn Delta
Drift Dune Eagle East Ebony Echo Elm Ember Falcon Fern Field Finch Fir Flint Forest Fox Frost Garnet Glen Gold Grand
Granite Gray Green Gull Harbor Hawk Hazel Heather Heron Hill Holly Indigo Iris Iron Island Ivory Ivy Jade Jasper Jonquil
Kelp Lagoon Lake Larch Lark Laurel Lilac Linden Lotus Lunar Magnolia Marble Marsh Meadow Mesa Mint Moss North Nova Oak
Ocean Olive Onyx Opal Orchid Otter Pearl Pebble Pine Prairie Quartz Rain Raven Reed Ridge River Robin Rose Rowan Sage
Sand Sierra Silver Sky Slate Snow Solar South Spruce Star Sterling Stone Storm Summit Swift Teal Terra Thorn Timber
Topaz Tulip Valley Velvet Violet Walnut Wave West Wild Willow Wind Winter Wolf Wren Zephyr""")

_SECOND = _listed("""Analytics Apparel Automotive Aviation Bakery Bank Biotech Books Brewing Capital Care Ceramics Chemicals
Clinics Cloud Coffee Construction Consulting Credit Dairy Data Dental Design Diagnostics Digital Education Electric
Energy Engineering Events Farms Fashion Films Finance Fitness Foods Foundry Freight Furniture Games Glass Group Health
Homes Hospitality Hotels Imaging Industries Instruments Insurance Interiors Labs Law Learning Legal Lighting Logistics
Marine Market Materials Media Medical Metals Mining Mobility Motors Music Networks Optics Outdoor Packaging Paper Parts
Partners Pharma Plastics Power Press Print Properties Rail Retail Robotics Schools Security Shipping Software Solar
Sports Steel Studios Supply Systems Textiles Tools Toys Trading Travel Ventures Water Wellness Works""")


def company_name(number: int) -> str:
    """Name of a customer beyond the first 67; every number has its own."""
    every = len(_FIRST) * len(_SECOND)
    place = number * 7919 % every  # 7919 is prime to it, so all pairs come before one comes twice
    name = f"{_FIRST[place // len(_SECOND)]} {_SECOND[place % len(_SECOND)]}"
    rounds = number // every
    return f"{name} {rounds + 1}" if rounds else name


def domain_label(name: str) -> str:
    """A domain may hold: ``Müller & Söhne`` -> ``muller-sohne``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")


GIVEN = _listed("""Ada Adil Aiko Alba Alex Alice Amir Ana Anders Anil Anna Arjun Astrid Aya Ben Bianca Bruno Carla Carlos
Chloe Clara Cora Daan Dana David Diego Elena Elias Emma Erik Eva Femke Finn Flora Frida Gita Grace Hana Hugo Ida Ines
Ivan Jack Jan Joana Jonas Julia Kai Karin Kenji Lars Laura Leila Leo Lena Liam Lina Louis Lucia Mai Maja Marco Maria
Marta Max Maya Mia Milan Nadia Nils Nina Noah Nora Olga Omar Oscar Paula Pedro Petra Priya Rafael Ravi Rosa Ruth Sam
Sara Silvia Simon Sofia Sven Tara Theo Tom Uma Vera Victor Wanda Yara Yuki Zoe""")

FAMILY = _listed("""Abel Adler Aguilar Almeida Andersson Araujo Bakker Barnes Bauer Becker Bell Berg Blanc Bosch Braun Brooks
Byrne Carter Castro Chandra Chen Clarke Cohen Costa Cruz Dahl Davies Diaz Dubois Duarte Eklund Ellis Engel Evans Faber
Ferrari Fischer Fleming Flores Foster Fox Franco Fuchs Garcia Gill Gomez Grant Graves Gupta Haas Hahn Hansen Hart Hayes
Heinze Hoffman Holm Hughes Ito Iyer Jansen Jensen Joshi Kato Keller Khan Klein Koch Kumar Lang Larsen Lee Lehmann Lima
Lopez Lund Marino Martin Mehta Meyer Mills Mora Moreau Mori Moser Murphy Nair Nakamura Neri Nguyen Novak Okafor Olsen
Ortiz Park Patel Perez Petit Pinto Price Quinn Raman Ramos Reed Reyes Ricci Riley Rossi Roux Ruiz Russo Sato Schmidt
Serra Shah Silva Singh Sousa Stein Tanaka Torres Vargas Vega Vogel Wagner Walsh Weber West White Wolf Wong Young Zhang
Ziegler""")

ROLES = ("Head of Operations", "Operations Manager", "Product Lead", "IT Manager", "Head of Analytics", "Team Lead")
SPONSOR_ROLES = ("COO", "VP Operations", "CIO", "Managing Director", "CFO")
CSMS = ("Dana Whitfield", "Chidi Okafor", "Mette Lindqvist", "Alma Reyes")


def person(customer: int, place: int) -> tuple[str, str, int]:
    """Given name, family name and 1, 2, … for how often that pair came before at this customer."""
    every = len(GIVEN) * len(FAMILY)
    again, pair = divmod(place, every)
    spot = (customer * 3571 + pair * 4799) % every  # 4799 is prime and no divisor, so pairs differ within a customer
    return GIVEN[spot // len(FAMILY)], FAMILY[spot % len(FAMILY)], again


def email(customer: int, place: int, domain: str) -> str:
    """The address that a person's usage carries; unique within the customer."""
    given, family, again = person(customer, place)
    number = str(again + 1) if again else ""
    return f"{given}.{family}{number}@{domain}".lower()
