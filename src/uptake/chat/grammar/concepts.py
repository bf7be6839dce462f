"""Which words mean what. English first; German, French and Spanish for what people say most.

A phrase stands for a concept; the longest phrase at a place counts, and one phrase may stand for several concepts.
"""

from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from uptake.chat.grammar.common import COMMON, FUNCTION_WORDS
from uptake.chat.grammar.periods import WORDS_OF_TIME

CONCEPTS: dict[str, str] = {
    "SCORE": (
        "score|scores|scoring|scored|rating|ratings|points|number|numbers|figures|kpi|kpis|punkte"
        "|punktzahl|bewertung|bewertungen|wertung|puntuacion|puntuaciones|note|notes|scorecard|result"
        "|results|ergebnis|ergebnisse"
    ),
    "ADOPTION": "adoption|adopting|adopts|adopt|adopted|akzeptanz|nutzungsgrad|adopcion|uptake",
    "ALL": (
        "customers|customer|clients|client|accounts|account|portfolio|everyone|everybody|all|my book"
        "|book of business|kunden|kunde|alle|cust|custs|accts|acct|clientes|cliente|todos|tous|cartera"
        "|companies|overall"
    ),
    "DOING": (
        "how is|how are|hows|how s|doing|going|performing|perform|performance|status|overview|summary"
        "|summarize|summarise|state of|stand|stands|look like|looks like|looking|wie geht|wie laufts"
        "|wie lauft|comment va|como va|como van|snapshot|how did we do|how did they do|how do we stand"
        "|where do we stand|at a glance|ueberblick|uberblick|ubersicht|resumen|report on|update on"
        "|brief me on|check on"
    ),
    "HIGH": (
        "leader|leaders|leads|best|top|highest|leading|strongest|champions|champion|winners|ahead|beste"
        "|besten|fuhrende|spitzenreiter|mejores|mejor|meilleurs|meilleur|high scorers|power customers"
        "|doing best|doing great|healthiest|star"
    ),
    "LOW": (
        "laggard|laggards|worst|lowest|bottom|weakest|struggling|struggle|struggles|behind|lagging|lag"
        "|lags|poor|poorest|low|losers|strugglers|schlechteste|schlechtesten|schwachste|schwachsten"
        "|peores|peor|pires|underperforming|underperformers|low scorers|nachzugler|red accounts|worst off"
        "|falling behind|falls behind|fall behind|fell behind|schlecht"
    ),
    "MOST": "most used|most popular|popular|most adopted|best adopted|biggest",
    "LEAST": "least used|least popular|least adopted|worst adopted|unpopular",
    "WHY": (
        "why|reason|reasons|explain|explains|explanation|explained|breakdown|break down|what makes up"
        "|made up|made of|composed|behind the|cause|causes|caused|because|warum|wieso|weshalb|grund"
        "|pourquoi|por que|porque|drivers|driver|driving|drives|how come|parts|components|consists|detail"
        "|details|deep dive|drill|what goes into|come from|erklare|erklar|explicame"
        "|how is the score calculated|calculated|comes from"
    ),
    "CHANGE": (
        "drop|drops|dropped|dropping|fall|falls|fell|falling|fallen|decline|declined|declining|declines"
        "|decrease|decreased|went down|going down|go down|gone down|is down|down|rise|rose|risen|rising"
        "|went up|going up|go up|jumped|jump|increase|increased|improve|improved|improving|improvement"
        "|change|changes|changed|changing|move|moved|moves|movement|worse|worsen|tank|tanked|tanking"
        "|crash|crashed|plummet|plummeted|slip|slipped|slipping|lost|losing|gained|dip|dipped"
        "|what happened|happened|gefallen|gesunken|gestiegen|verandert|gesturzt|baisse|baisser|caida|cayo"
        "|bajo|up"
    ),
    "FEATURE": (
        "feature|features|functionality|functionalities|functions|function|modules|module|funktion"
        "|funktionen|fonctionnalites|fonctionnalite|funciones|funcion|capabilities|capability"
        "|product areas|ftrs|feats"
    ),
    "UNUSED": (
        "unused|not using|not use|not used|never used|never use|never uses|dont use|doesnt use"
        "|arent using|isnt using|does not use|do not use|is not using|are not using|untouched|ungenutzt"
        "|ungenutzte|ungenutzten|nicht genutzt|nutzt nicht|nicht nutzt|missing out|ignore|ignores"
        "|ignoring|underused|unadopted|not adopted|hasnt used|havent used|not touched|hasnt adopted"
        "|havent adopted|has not adopted|no usa|nutzen nicht|nicht nutzen|not been used|hasnt touched"
        "|gaps|gap|leaving on the table|not adopting|isnt adopting|inutilisees|sin usar|whitespace"
        "|not taking up|havent tried|hasnt tried|noone uses|nobody uses|no one uses|nobody is using"
        "|noone is using"
    ),
    "USE": (
        "use|uses|used|using|usage|utilisation|utilization|utilize|nutzung|nutzt|nutzen|usa|usan|uso"
        "|utilise|utilisent|reach|take up|taking up|tried|works with|working with"
    ),
    "DASHBOARD": (
        "product adoption|adoption dashboard|adoption overview|adoption page|adoption tab|usage breakdown"
        "|usage overview|usage summary|product usage|using the product|use the product|uses the product"
        "|using our product|use our product|uses our product|use of the product|use of our product"
        "|produktnutzung|nutzt das produkt|nutzen das produkt|unser produkt|uso del producto"
        "|utilisation du produit"
    ),
    "QUIET": (
        "went quiet|gone quiet|quiet|silent|went silent|inactive|dormant|stopped using|stopped using the product"
        "|stopped using our product|stopped using it|stopped logging in|not logged in|not logging in|no longer uses"
        "|no longer use|no longer logs in|no longer log in|went dark|gone dark|dropped off|disappeared|stay away"
        "|stays away|stayed away|not been active|nicht mehr aktiv|inaktiv|inactivos|inactifs"
    ),
    "GUIDE": (
        "guide|guides|in app guide|in app guides|walkthrough|walkthroughs|product tour|product tours|tour|tours"
        "|guide completion|guide completions|guide dismissals|guias|guides pendo|anleitungen"
    ),
    "ONBOARDING": "onboarding|onboard|onboarded|onboarding progress|einarbeitung|einfuhrung",
    "WHO": (
        "who|which customers|how many|what share|what percentage|wer|wie viele|qui|quien|quienes|combien|cuantos|share"
    ),
    "COUNT": (
        "how many customers|how many accounts|how many clients|number of customers|number of accounts|customer count"
        "|wie viele kunden|combien de clients|cuantos clientes"
    ),
    "RENEWAL": (
        "renewal|renewals|renews|renewing|up for renewal|contract end|contracts end|contract ends|expire|expires"
        "|expiring|verlangerung|verlangerungen|vertragsende|renouvellement|renouvellements|renovacion|renovaciones"
    ),
    "ASKED_WHEN": "when|wann|quand|cuando",
    "REVENUE": ("arr|mrr|revenue|recurring revenue|contract value|contract values|money|umsatz|ingresos|revenus"),
    "COMPARE": (
        "compare|compared|comparing|comparison|vs|versus|against|difference|differences|differ"
        "|side by side|better than|worse than|vergleich|vergleiche|vergleichen|gegen|comparer|comparar"
        "|compara|stack up|next to|cmp|head to head"
    ),
    "TREND": (
        "trend|trends|trending|trended|over time|history|historical|timeline|evolution|evolve|evolved"
        "|evolving|development|developed|develop|progress|trajectory|verlauf|entwicklung|tendance"
        "|tendencia|evolucion|by week|week by week|weekly|chart|graph|graphs|curve|month over month"
        "|week over week|mom|wow"
    ),
    "RISK": (
        "risk|risks|at risk|risky|churn|churning|danger|worried|worry|worrying|concern|concerned"
        "|concerning|attention|gefahrdet|risiko|riesgo|risque|in trouble|trouble|going to leave|leave us"
        "|leaving|likely to leave|red flags|red flag|save|quiet|went quiet|gone quiet|silent|went silent|inactive|dormant"
        "|stopped using|stopped logging in|went dark|gone dark"
        "|slipping away|abwanderung|kundigen"
    ),
    "ALERT": (
        "alert|alerts|usage alert|usage alerts|alarm|alarms|warning|warnings|signal|signals|risk signal|risk signals"
        "|warnung|warnungen|nutzungswarnung|nutzungswarnungen|alerta|alertas|alerte|alertes"
    ),
    "INSIGHT": (
        "insight|insights|finding|findings|notable|noteworthy|interesting|should i know|need to know"
        "|stands out|stand out|anything new|whats new|what is new|key points|highlights|takeaways|learn"
        "|learnings|erkenntnisse|auffallig|hallazgos|patterns|news|focus on|recommendations"
        "|recommendation|recommend|suggest|suggestions|what should i do|what to do|next steps|next best"
        "|advice"
    ),
    "HEALTH": "health|healthy|gesundheit|gesund|salud|sante|healthscore|healthscores|hs",
    "UPDATE": (
        "update|refresh|recalculate|recompute|recalc|renew|aktualisiere|aktualisieren|actualiza"
        "|actualizar|rerun|re run|redo|updating|calculate|compute|berechne|berechnen|neu berechnen"
        "|bring up to date|mets a jour"
    ),
    "CALCULATE": "calculate|compute|berechne|berechnen|calcular|calculer|work out",
    "TASK": (
        "task|tasks|todo|todos|to do|to dos|to dos|follow up|follow ups|followup|followups|action item"
        "|action items|aufgabe|aufgaben|tarea|tareas|tache|taches|reminder|reminders|checklist|ticket"
        "|tickets"
    ),
    "MAKE": (
        "create|make|add|set up|setup|generate|give me|put in|schedule|erstelle|erstellen|anlegen|leg an"
        "|crea|crear|creer|cree|log|file|plan|assign me|need|want|get me|queue|kick off|raise|new"
    ),
    "MAKE_PLAINLY": "create|make|add|set up|setup|generate|erstelle|erstellen|anlegen|crea|crear|creer|cree|raise",
    "WRITE": (
        "draft|drafts|write|prepare|compose|send|entwurf|entwerfe|entwirf|schreibe|schreib|schreiben"
        "|redacta|redige|escribe|ecris|reach out to|reach out|contact|ping|nudge|shoot|drop a line"
        "|drop a note|get in touch|message"
    ),
    "WRITE_PLAINLY": (
        "draft|write|prepare|compose|entwerfe|entwirf|schreibe|schreib|redacta|reach out to|reach out"
        "|contact|nudge|ping|escribe|ecris"
    ),
    "MAIL": (
        "mail|mails|email|emails|e mail|e mails|outreach|note|notes|message|messages|letter|letters"
        "|nachricht|nachrichten|correo|correos|courriel|anschreiben|invitation|invite|check in|checkin"
        "|reach out|outreaches"
    ),
    "EXPORT": (
        "export|exports|exportiere|exportieren|exportar|exporter|download|downloads|herunterladen"
        "|descargar|telecharger|dump|extract|save as|spreadsheet|spreadsheets|full report|offline"
        "|send me the file|get the file"
    ),
    "FORMAT": "csv|xlsx|excel|parquet|xls|tabelle",
    "OPEN": (
        "open|go to|goto|take me to|navigate to|navigate|jump to|bring me to|bring up|offne|offnen|abre"
        "|abrir|ouvre|show me the page|page|screen|tab|zeig die seite|visit|switch to"
    ),
    "PAGE_PORTFOLIO": "portfolio|portfolio page|customer list|list of customers|kundenliste",
    "PAGE_TASKS": "tasks|task list|todo list|my tasks|todos|aufgaben|to dos|tareas|to do list",
    "PAGE_OUTREACH": "outreach|drafts|outbox|entwurfe|my drafts",
    "PAGE_IMPORTS": "imports|import history|uploads|past imports|importe|last import|the import|undo import|undo the import|an import",
    "PAGE_SETTINGS": "settings|einstellungen|ajustes|parametres|preferences|configuration|options",
    "HELP": (
        "help|hilfe|ayuda|aide|what can you do|what can i ask|what can i do|what do you do"
        "|what are you able|commands|how does this work|how do you work|was kannst du|que puedes hacer"
        "|capabilities|manual|instructions|aidez|hilf|examples|was kann|what else can you|que sais tu"
        "|how do i use|how to use"
    ),
    "UPLOAD": (
        "upload|uploads|uploading|import|importing|importiere|importieren|hochladen|load|ingest"
        "|drop a file|subir|importer|importar|feed in|bring in|add data|add a file|send you a file|attach"
        "|add usage data|new data|hochlade|lade hoch"
    ),
    "FILE": (
        "file|files|this data|usage data|data file|datei|dateien|fichier|archivo|file format|formats"
        "|which format|which formats|spreadsheet|data source|csv file|usage export"
    ),
    "PLATFORM": "pendo|amplitude|mixpanel|userpilot|ga4|google analytics|heap",
    "HEAT": (
        "heatmap|heat map|heatmaps|matrix|warmekarte|grid|feature map|mapa de calor|carte de chaleur"
        "|feature by customer|features by customer|feature x customer|features x customers"
        "|customers x features|who uses what"
    ),
    "LEVELS": "high medium low|levels|adoption rate|adoption rates|feature adoption rate|feature adoption rates",
    "SHOW": (
        "show|list|display|see|view|give|tell|get|zeig|zeige|zeigen|muestra|muestrame|montre|pull up|what"
        "|whats|which|look|ver|find|fetch|was|welche|welcher|was ist|que|cuales|quels|quelles|liste"
    ),
    "SPLIT": "and|then|also|plus|und|dann|y|et",
}

NEGATIONS = (
    "not|dont|do not|no|never|without|stop|nicht|kein|keine|keinen|nie|pas|sin|nunca|neither|nor|nope"
    "|wont|cannot|cant|except|instead of|rather than|hold off|skip|avoid|refrain|didnt|shouldnt"
    "|mustnt|wouldnt|dnt|nein|jamais|dont want|abort|cancel|forget it|ohne"
)

BLOCKERS = (
    "delete|remove|undo|cancel|close|complete|completed|finish|reassign|archive|drop all|before|after"
    "|as soon as|unassign|revert|erase|wipe|clear|losche|loschen|entferne|borra|supprime|rename|merge"
    "|already|ago|yesterday|tomorrow|next week|next month|next quarter|later|every|whenever"
    "|automatically|once|unless|until|if|when|would it|what if|said|says|told|asked|ask|say|imagine"
    "|suppose|hypothetically|pretend|joke|example of|history of|how many|how much|count|number of"
    "|has been|have been|was|were|did|does|do you|do i|do we|should|shall i|may i|is it|is there"
    "|are there|how do|how to|how can|how would|how does|who|why|what happens|what would|when will"
    "|last time|created|updated|made|drafted|sent|written|overdue|due|mine|wenn|falls|soll|sollte"
    "|warum|wer|wann|wie|gestern|morgen|si|cuando|quand|approve|approved|opened|clicked|read|reply"
    "|replied|tests|weights|weight|formula|model|models|setting|permission|allowed|able|ever|cost"
    "|price|meeting|call|calls|calendar"
)
"""Beside one of these nothing is changed: questions, conditions, times to come, what was done, what we cannot do."""

REQUESTS = (
    "please|pls|plz|can you|could you|would you|will you|can u|could u|bitte|lets|let us"
    "|i want you to|i need you to|go ahead and|por favor|svp|kannst du|i would like you to"
    "|id like you to"
)
"""Openings that make a question a request."""

RESERVED = (
    frozenset(word for phrases in CONCEPTS.values() for phrase in phrases.split("|") for word in phrase.split())
    | frozenset(
        word for phrases in (NEGATIONS, BLOCKERS, REQUESTS) for phrase in phrases.split("|") for word in phrase.split()
    )
    | FUNCTION_WORDS
    | WORDS_OF_TIME
)
"""Words that mean something here: a customer who is called like one of them must be pointed at, “for Export”."""

VOCABULARY = RESERVED | COMMON
"""Words that are words; any other may be a name."""

CORRECTABLE = sorted(
    {word for phrases in CONCEPTS.values() for phrase in phrases.split("|") for word in phrase.split() if len(word) > 4}
    | {word for word in WORDS_OF_TIME if len(word) > 4}
    | {"task", "best", "help", "open", "mail", "feature", "please", "laggards", "customers"}
)
"""What a misspelt word may have meant."""


@lru_cache(maxsize=4096)
def set_right(token: str) -> str:
    """The word that a slip of the keyboard hides: one slip from four letters on, two from eight."""
    if token in VOCABULARY or token.isdecimal() or len(token) < 4:
        return token
    most = 1 if len(token) < 8 else 2
    close = process.extract(token, CORRECTABLE, scorer=OSA.distance, score_cutoff=most, limit=3)
    close = [each for each in close if each[0][0] == token[0] or len(token) > 5]
    return close[0][0] if close else token


@cache
def phrases(listed: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """First word -> the phrases that begin with it, longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in listed.split("|"):
        parts = tuple(phrase.split())
        found.setdefault(parts[0], []).append(parts)
    return {first: tuple(sorted(some, key=len, reverse=True)) for first, some in found.items()}


def says(tokens: list[str], listed: str) -> bool:
    """Whether one of the phrases stands in the words."""
    return bool(places(tokens, listed))


def places(tokens: list[str], listed: str) -> list[tuple[int, int]]:
    """Where the phrases stand: first word and the one after the last."""
    known = phrases(listed)
    found = []
    for at, token in enumerate(tokens):
        for phrase in known.get(token, ()):
            if tuple(tokens[at : at + len(phrase)]) == phrase:
                found.append((at, at + len(phrase)))
                break
    return found


def concepts(tokens: list[str]) -> dict[str, list[tuple[int, int]]]:
    """The concepts of a sentence, and where each is said. A word inside a longer phrase says nothing by itself."""
    found = {name: places(tokens, listed) for name, listed in CONCEPTS.items()}
    found["UNUSED"] += _apart(tokens)
    everywhere = [place for some in found.values() for place in some]
    outer = {name: [place for place in some if not _is_inside(place, everywhere)] for name, some in found.items()}
    return {name: some for name, some in outer.items() if some}


def _is_inside(place: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    start, end = place
    return any(a <= start and end <= b and b - a > end - start for a, b in others)


DENIALS = frozenset(
    ["doesnt", "dont", "isnt", "arent", "havent", "hasnt", "didnt", "not", "never", "nicht", "keine", "pas"]
)
USED = frozenset(
    [
        "use",
        "used",
        "using",
        "adopt",
        "adopted",
        "adopting",
        "touch",
        "touched",
        "try",
        "tried",
        "nutzt",
        "nutzen",
        "genutzt",
        "utilise",
    ]
)
FURTHEST = 4


def _apart(tokens: list[str]) -> list[tuple[int, int]]:
    """“doesn't TechCorp use”: the denial and the verb with a few words between them."""
    return [
        (at, at + 1 + near)
        for at, token in enumerate(tokens)
        if token in DENIALS
        for near, later in enumerate(tokens[at + 1 : at + 1 + FURTHEST], start=1)
        if later in USED
    ]
