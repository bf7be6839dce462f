"""What column headers are called, in English, German, French and Spanish.

Phrases stand as ``headers.read_header`` leaves them: lower case, without accents, articles and units. The number is
how sure a header of exactly this name makes us, before anyone looked at the values.
"""

from collections.abc import Mapping
from typing import Literal

Role = Literal["customer", "visitor", "feature", "timestamp", "count", "duration", "session", "event_id", "people"]
"""What a column may mean. ``people`` is a number of people: never a visitor, never a count of uses."""


def words(text: str) -> frozenset[str]:
    """A set of words written as one text."""
    return frozenset(text.split())


def _phrases(*groups: tuple[float, str]) -> dict[str, float]:
    return {phrase.strip(): strength for strength, phrases in groups for phrase in phrases.split(",")}


NAMES: Mapping[Role, Mapping[str, float]] = {
    "customer": _phrases(
        (0.97, "customer, kunde, cliente, client"),
        (0.96, "account, customer account, client account, kundenkonto, compte, compte client, cuenta"),
        (0.95, "company, organization, organisation, org, unternehmen, firma, entreprise, societe, empresa"),
        (0.95, "organizacion, compania, customer company, client company, kundenfirma"),
        (0.92, "tenant, mandant, workspace, konto, locataire, inquilino, business account, empresa cliente"),
        (0.8, "business, betrieb, firm, customer organization, client organization, end customer"),
        (0.65, "kundendomain, company domain, account domain, customer domain, domain, email domain"),
        (0.65, "subscription, subscriber, abonnement, suscripcion, contract, vertrag, contrat, contrato"),
        (0.65, "installation, instance, instanz, license key, licence, license, lizenz"),
        (0.55, "team, group, gruppe, groupe, grupo, site, school, hospital, partner"),
    ),
    "visitor": _phrases(
        (0.97, "user, visitor, end user, benutzer, nutzer, anwender, utilisateur, usuario"),
        (0.96, "username, login name, user login, visiteur, visitante, besucher, endbenutzer"),
        (
            0.95,
            "email, e mail, email address, e mail address, user email, mail, e mail adresse, mailadresse, emailadresse",
        ),
        (0.95, "courriel, adresse email, adresse e mail, correo, correo electronico, adresse mail, mail adresse"),
        (0.95, "user email address, visitor email, benutzer email, benutzer e mail, nutzer email, nutzer e mail"),
        (0.95, "email utilisateur, e mail utilisateur, email usuario, correo usuario, distinct"),
        (0.92, "users, visitors"),  # where the cells are not numbers
        (0.9, "member, person, employee, mitarbeiter, mitarbeitende, membre, personne, persona, miembro, empleado"),
        (0.9, "employe, collaborateur, usager, colaborador, actor, student, learner, identity, who, wer, qui, quien"),
        (0.7, "contact, kontakt, contacto, participant, teilnehmer, staff, agent, operator"),
        (0.65, "login, anonymous, device, customer email, client email, account email, performed by, done by"),
    ),
    "feature": _phrases(
        (0.97, "feature, funktion, fonctionnalite, funcionalidad, feature used, used feature"),
        (
            0.96,
            "event, events, event type, ereignis, evenement, evento, event action, tipo evento, type evenement, ereignistyp",
        ),
        (0.95, "caracteristica, funktionalitat, funktionalitaet, functionality, feature key, event label"),
        (
            0.94,
            "action, aktion, accion, function, fonction, funcion, what, was, quoi, que, activity, activity type, action type",
        ),
        (0.93, "aktivitat, aktivitaet, activite, actividad, capability, tatigkeit, taetigkeit"),
        (0.9, "module, modul, modulo, tool, werkzeug, outil, herramienta, operation, command"),
        (0.88, "page, page title, screen, seite, pagina, ecran, pantalla, bildschirm, view name"),
        (0.7, "area, bereich, component, komponente, composant, componente, app, application, anwendung, aplicacion"),
        (0.65, "product, produkt, produit, producto, service, endpoint, method, report, object, resource, workflow"),
        (0.6, "url, path, route, item, metric, kennzahl, metrique, metrica, event category"),
    ),
    "timestamp": _phrases(
        (0.97, "timestamp, occurred at, event time, event timestamp, event date, zeitstempel, horodatage"),
        (0.97, "marca tiempo, date time, datetime, usage date, usage time, nutzungsdatum, activity date, used at"),
        (
            0.96,
            "date, datum, fecha, time, zeit, zeitpunkt, heure, hora, date heure, fecha hora, datum uhrzeit, used on",
        ),
        (0.96, "month, monat, mois, mes, day, tag, jour, dia, occurred on, usage month, usage day, nutzungsmonat"),
        (
            0.95,
            "happened at, when, event at, logged at, recorded at, performed at, triggered at, action date, action time",
        ),
        (0.95, "date evenement, date utilisation, fecha evento, fecha uso, ereigniszeit, ereignisdatum, hour, stunde"),
        (0.94, "ts, started at, start time, start, start date, begin, beginn, startzeit, debut, inicio, date hour"),
        (0.93, "week, woche, semaine, semana, week start, period, periode, zeitraum, periodo, reporting month"),
        (0.9, "time stamp, activity time, session start, login time, login date, visit date, access time, access date"),
        (
            0.85,
            "created at, created, created on, created date, date created, creation date, create time, erstellt am",
        ),
        (0.8, "received at, sent at, server time, client time, at, reporting date, report date, month start, epoch"),
        (0.45, "updated at, last used, last used at, last seen, last activity, modified at, date modified, updated"),
    ),
    "count": _phrases(
        (0.97, "count, usage count, use count, uses, total uses, event count, total events, events, total usage"),
        (
            0.97,
            "number uses, number events, num events, num uses, uses count, usages, anzahl, nutzungen, anzahl nutzungen",
        ),
        (
            0.97,
            "nombre utilisations, utilisations, usos, numero usos, cantidad usos, anzahl ereignisse, nombre evenements",
        ),
        (0.96, "usage, nutzung, utilisation, uso, times used, hits, occurrences, occurrence count, anzahl aufrufe"),
        (
            0.95,
            "nombre, cantidad, haufigkeit, haeufigkeit, frequency, action count, actions count, frequence, frecuencia",
        ),
        (0.95, "number actions, total actions, numero eventos, total usos, total utilisations, gesamtnutzung, nb"),
        (
            0.95,
            "total count, total events count, nombre total, anzahl gesamt, nutzungsanzahl, occurences, times, fois, veces",
        ),
        (0.8, "qty, quantity, menge, quantite, volume, total, gesamt, freq, n, num, number, sum, summe"),
        (0.6, "value, wert, valeur, valor"),
    ),
    "duration": _phrases(
        (0.97, "duration, usage duration, dauer, nutzungsdauer, duree, duracion, time spent, duree utilisation"),
        (
            0.96,
            "session duration, event duration, sitzungsdauer, duree session, duracion sesion, elapsed, elapsed time",
        ),
        (
            0.96,
            "temps passe, tiempo uso, tiempo, length, session length, time in app, time on page, active time, usage time",
        ),
        (0.95, "seconds, minutes, hours, milliseconds, sekunden, minuten, stunden, secondes, heures, segundos"),
        (
            0.95,
            "minutos, horas, active minutes, usage minutes, nutzungsminuten, duration total, total duration, total time",
        ),
        (
            0.95,
            "minutes used, hours used, seconds used, active seconds, active hours, total minutes, total hours, num minutes",
        ),
        (0.7, "time, zeit, temps, latency"),
    ),
    "session": _phrases(
        (0.97, "session, sitzung, seance, sesion, session key, session token"),
        (0.8, "visit, besuch, visite, visita"),
    ),
    "event_id": _phrases(
        (0.97, "event id, usage id, event uuid, ereignis id, id evenement, id evento, insert id, nutzungs id"),
        (
            0.95,
            "message id, record id, row id, activity id, action id, log id, uuid, guid, hit id, event key, entry id",
        ),
        (0.85, "id, key"),
    ),
    "people": _phrases(
        (0.97, "active users, users, unique users, distinct users, total users, user count, number users, num users"),
        (
            0.97,
            "visitors, unique visitors, active visitors, visitor count, number visitors, people, members, active members",
        ),
        (0.97, "aktive nutzer, aktive benutzer, aktive anwender, anzahl nutzer, anzahl benutzer, anzahl anwender"),
        (
            0.97,
            "nutzer, benutzer, anwender, nutzerzahl, benutzerzahl, eindeutige nutzer, eindeutige benutzer, mitarbeiter",
        ),
        (0.97, "utilisateurs, utilisateurs actifs, nombre utilisateurs, utilisateurs uniques, personnes"),
        (0.97, "usuarios, usuarios activos, usuarios unicos, numero usuarios, cantidad usuarios, personas"),
        (
            0.97,
            "dau, wau, mau, monthly active users, daily active users, weekly active users, active customers, accounts",
        ),
        (0.95, "seats, licensed users, licensed seats, licenses, license count, active user count, uniques, headcount"),
    ),
}

ACTIVITIES = words(
    "logins sessions views clicks visits requests calls downloads uploads exports imports searches "
    "aufrufe klicks zugriffe besuche anmeldungen sitzungen downloads suchen vues clics visites connexions appels "
    "sessions vistas visitas accesos sesiones descargas llamadas pageviews impressions opens"
)
"""Numbers of one kind of use: the uses of a row where they stand alone, features where several stand side by side."""

ID_WORDS = words(
    "id ids key no nr number nummer num numero identifiant identificador identifier uuid guid code kennung ref pk "
    "codigo clave"
)
NAME_WORDS = words("name names nom nombre bezeichnung label title titel titre titulo display full legal slug")
STOP_WORDS = words("the of de du des del la le les el los las l d der die das dem den von vom a an y et und and e")

NOT_THE_THING = words(
    "type status plan tier role owner manager csm segment country region city industry agent ip version size since phone "
    "address language locale category description device browser os platform state zip rep lead website url notes parent "
    "typ rolle land branche besitzer betreuer telefon adresse sprache beschreibung pays ville secteur responsable langue "
    "tipo rol pais ciudad sector telefono idioma estado statut flag is has birth birthday signup renewal due expiry "
    "expires expiration invoice closed resolved cancelled churn contract billing hire hired joined "
    "first last next previous created updated modified "
    "erste erster letzte letzter premier premiere dernier derniere primer primera ultimo ultima"
)
"""“Account type” is no account, “user agent” no user, “due date” no time of use."""

NOT_A_SUM = words(
    "avg average mean median min max p50 p75 p90 p95 p99 rate ratio share percent percentage pct score rank index per "
    "growth delta change durchschnitt schnitt mittel mittelwert anteil quote prozent moyenne taux part pourcentage "
    "promedio media tasa porcentaje cumulative kumuliert target limit quota allowed granted licensed"
)
"""Averages and shares are no amounts that may be added up."""

NO_FEATURE = words(
    "amount price cost revenue mrr arr acv seats licenses latitude longitude lat lon zip postcode year month day hour week age "
    "error errors fehler erreurs errores betrag preis umsatz montant prix importe precio total sum gesamt summe somme suma "
    "score rating version id nr no number nummer quarter jahr annee ano balance tax vat discount credit credits"
)
"""Numeric columns that are never a feature's own column in a wide table."""
