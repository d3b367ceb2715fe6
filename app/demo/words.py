"""What people write, in four languages: subjects, questions, answers, greetings, and the phrases of mail programs."""

from __future__ import annotations

import msgspec


class Topic(msgspec.Struct, frozen=True):
    """What a conversation is about: the customer's question, our answer, his next word, and our last one.

    `{bike}`, `{part}`, `{day}`, `{price}` and `{order}` are filled in.
    """

    subject: str
    question: str
    answer: str
    next: str
    last: str


TOPICS: dict[str, tuple[Topic, ...]] = {
    "de": (
        Topic(
            "Termin für den Service",
            "mein {bike} braucht wieder einmal einen Service, und die Bremse vorne quietscht zum Davonlaufen. Habt ihr diese Woche noch Platz?",
            "gerne. Bringen Sie das Velo am {day} bis 10 Uhr vorbei, dann ist es am Abend fertig. Der Jahresservice kostet CHF {price}.",
            "{day} passt mir gut. Könnt ihr auch gleich die Kette anschauen?",
            "machen wir, ist notiert. Bis {day}!",
        ),
        Topic(
            "Frage zum Artikel «{part}»",
            "passt der Artikel «{part}» aus eurem Shop auch an ein {bike}? Ich bin mir bei der Grösse nicht sicher.",
            "ja, er passt ohne Änderung. Wir haben noch drei Stück an Lager und legen Ihnen gerne eines zur Seite.",
            "super, bitte eines zur Seite legen. Ich komme am {day} vorbei.",
            "liegt mit Ihrem Namen an der Kasse bereit.",
        ),
        Topic(
            "Probefahrt {bike}",
            "ich interessiere mich für das {bike}. Kann man es ausprobieren, am liebsten am Berg?",
            "sehr gerne! Am {day} um 14 Uhr ist ein Vorführvelo frei. Der Eschenberg liegt gleich vor der Tür.",
            "{day} um 14 Uhr, ich freue mich. Muss ich einen Ausweis mitbringen?",
            "ein Ausweis als Pfand genügt, Helme haben wir da.",
        ),
        Topic(
            "Wo bleibt meine Bestellung?",
            "ich habe letzte Woche bei euch bestellt und noch nichts gehört. Ist etwas schiefgelaufen?",
            "entschuldigen Sie die Verspätung: Die Lieferung kam erst gestern an. Ihr Paket geht heute auf die Post.",
            "danke für die rasche Antwort. Kommt es denn noch vor {day}?",
            "ja, A-Post. Wenn nicht, rufen Sie uns bitte an.",
        ),
        Topic(
            "Leider nicht zufrieden",
            "seit der Reparatur springt am {bike} der dritte Gang. So habe ich mir das nicht vorgestellt.",
            "das tut uns leid und darf nicht sein. Kommen Sie am {day} vorbei, wir stellen die Schaltung sofort und ohne Rechnung nach.",
            "gut, dann komme ich am {day}. Ich hoffe, es klappt diesmal.",
            "das hoffen wir nicht nur, dafür sorgen wir. Bis {day}.",
        ),
        Topic(
            "Winterlager",
            "nehmt ihr Velos auch über den Winter? Im Keller ist es bei uns feucht.",
            "ja, für CHF {price} von Dezember bis März, mit Reinigung und vollem Akku im Frühling.",
            "das nehme ich gerne. Wann darf ich das {bike} bringen?",
            "jederzeit ab {day}. Das Schloss bitte offen lassen.",
        ),
    ),
    "fr": (
        Topic(
            "Rendez-vous pour un service",
            "mon {bike} fait un drôle de bruit en montée. Auriez-vous une place cette semaine ?",
            "volontiers. Passez {day} avant 10 heures, il sera prêt le soir. Le service annuel coûte CHF {price}.",
            "{day} me convient. Pourriez-vous aussi regarder les freins ?",
            "c'est noté, à {day} !",
        ),
        Topic(
            "Question sur un article",
            "est-ce que l'article « {part} » de votre boutique convient à un {bike} ?",
            "oui, sans modification. Il nous en reste trois, nous pouvons vous en réserver un.",
            "avec plaisir, je passe {day}.",
            "il vous attend à la caisse, à votre nom.",
        ),
        Topic(
            "Où est ma commande ?",
            "j'ai commandé la semaine passée et je n'ai rien reçu. Y a-t-il un problème ?",
            "veuillez excuser ce retard : le fournisseur nous a livré hier seulement. Votre paquet part aujourd'hui.",
            "merci. Arrivera-t-il avant {day} ?",
            "oui, en courrier A. Sinon, appelez-nous.",
        ),
    ),
    "it": (
        Topic(
            "Appuntamento per il servizio",
            "la mia {bike} ha bisogno di un servizio e il freno davanti fischia. Avete posto questa settimana?",
            "volentieri. Passi {day} prima delle 10, la sera è pronta. Il servizio annuale costa CHF {price}.",
            "{day} va bene. Potete guardare anche la catena?",
            "certo, è annotato. A {day}!",
        ),
        Topic(
            "Domanda su un articolo",
            "l'articolo «{part}» va bene anche per una {bike}? Ho un dubbio sulla misura.",
            "sì, senza modifiche. Ne abbiamo ancora tre e possiamo metterne uno da parte.",
            "perfetto, passo {day}.",
            "la aspetta alla cassa, a suo nome.",
        ),
    ),
    "en": (
        Topic(
            "Booking a service",
            "my {bike} makes an odd noise uphill and the front brake squeals. Do you have a slot this week?",
            "with pleasure. Please bring it on {day} before 10, it will be ready in the evening. The yearly service is CHF {price}.",
            "{day} works for me. Could you look at the chain as well?",
            "we have made a note of it. See you on {day}!",
        ),
        Topic(
            "Does this fit my bike?",
            "would the article “{part}” from your shop fit a {bike}? I am not sure about the size.",
            "yes, it fits as it is. We have three left and can put one aside for you.",
            "that would be great, I will come by on {day}.",
            "it is waiting at the till under your name.",
        ),
    ),
}  # fmt: skip

FIRMS = (
    Topic(
        "Offertanfrage Dienstvelos",
        "wir möchten drei {bike} für unsere Mitarbeitenden anschaffen. Können Sie uns eine Offerte machen, mit Wartung für zwei Jahre?",
        "besten Dank für die Anfrage. Drei Stück bekommen Sie mit zwölf Prozent Rabatt, die Wartung kostet CHF {price} je Velo und Jahr. Die Offerte gilt 30 Tage.",
        "danke, das klingt vernünftig. Bis wann könnten Sie liefern?",
        "in drei Wochen ab Bestellung, am liebsten an einem {day}.",
    ),
    Topic(
        "Rechnung Werkstatt",
        "auf der letzten Rechnung fehlt unsere Kostenstelle. Können Sie sie bitte nochmals ausstellen?",
        "gerne, die neue Rechnung liegt bei. Die Kostenstelle ist nun hinterlegt.",
        "angekommen, wird am {day} bezahlt.",
        "vielen Dank.",
    ),
)  # fmt: skip
SUPPLIER = Topic(
    "Nachbestellung «{part}»",
    "wir können den Artikel «{part}» ab {day} wieder liefern, zum bisherigen Preis. Wie viele dürfen es sein?",
    "bitte zwanzig Stück, Lieferung wie immer über die Rampe an der Zürcherstrasse.",
    "ist gebucht, Lieferung am {day}.",
    "danke, bis {day}.",
)

HELLO = {
    "de": ("Guten Tag", "Grüezi", "Liebes Velo-Team", "Hoi zäme"),
    "fr": ("Bonjour", "Bonjour à toute l'équipe"),
    "it": ("Buongiorno", "Gentile squadra"),
    "en": ("Hello", "Dear bike people"),
}
DEAR = {"de": "Guten Tag {}", "fr": "Bonjour {}", "it": "Buongiorno {}", "en": "Dear {}"}
BYE = {
    "de": ("Freundliche Grüsse", "Liebe Grüsse", "Besten Dank und schöne Grüsse"),
    "fr": ("Meilleures salutations", "Bien à vous"),
    "it": ("Cordiali saluti", "Grazie mille e saluti"),
    "en": ("Kind regards", "Many thanks"),
}
OURS = {
    "de": "Freundliche Grüsse",
    "fr": "Meilleures salutations",
    "it": "Cordiali saluti",
    "en": "Kind regards",
}
WROTE = {
    "de": "Am {date} um {time} schrieb {name}:",
    "fr": "Le {date} à {time}, {name} a écrit :",
    "it": "Il giorno {date} alle ore {time} {name} ha scritto:",
    "en": "On {date} at {time}, {name} wrote:",
}
ORIGINAL = {
    "de": ("Ursprüngliche Nachricht", "Von", "Gesendet", "An", "Betreff"),
    "fr": ("Message d'origine", "De", "Envoyé", "À", "Objet"),
    "it": ("Messaggio originale", "Da", "Inviato", "A", "Oggetto"),
    "en": ("Original Message", "From", "Sent", "To", "Subject"),
}
FROM_PHONE = {
    "de": "Von meinem Handy gesendet",
    "fr": "Envoyé de mon téléphone",
    "it": "Inviato dal mio cellulare",
    "en": "Sent from my phone",
}
DAYS = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"),
    "it": ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"),
}
AWAY_SUBJECT = {
    "de": "Abwesenheitsnotiz: {}",
    "fr": "Absence du bureau : {}",
    "it": "Fuori sede: {}",
    "en": "Out of office: {}",
}
AWAY = {
    "de": "Besten Dank für Ihre Nachricht. Ich bin bis Montag, 23. November, nicht im Haus; Ihre Mail wird nicht weitergeleitet.",
    "fr": "Merci de votre message. Je serai de retour le lundi 23 novembre ; votre message ne sera pas transmis.",
    "it": "Grazie del messaggio. Sono fuori sede fino a lunedì 23 novembre; la mail non viene inoltrata.",
    "en": "Thank you for your message. I am out until Monday 23 November; your mail is not forwarded.",
}
RETURNED = {
    "de": "vielen Dank für Ihren Anruf heute Vormittag, leider war niemand am Apparat. Das {bike} steht für Sie bereit, am {day} ab 9 Uhr.",
    "fr": "merci de votre appel, malheureusement personne n'était à l'appareil. Votre {bike} est prêt, dès {day} à 9 heures.",
    "it": "grazie della chiamata, purtroppo non c'era nessuno. La sua {bike} è pronta, da {day} alle 9.",
    "en": "thank you for your call, sadly nobody was at the telephone. Your {bike} is ready, from {day} at 9.",
}
NEWSLETTERS = (
    ("Veloteile Import AG", "veloteile-import.example", "de", "Black Week: bis 40 % auf Bremsen und Ketten"),
    ("Helmland", "helmland.example", "de", "Nur noch heute: Helme zum halben Preis"),
    ("Ruban Bleu Cycles", "ruban-bleu.example", "fr", "Black Week : les éclairages à prix cassé"),
    ("Gomme & Co", "gomme.example", "it", "Black Week: gomme invernali scontate"),
    ("Spoke & Saddle", "spokeandsaddle.example", "en", "Black Week deals for dealers"),
    ("Gewerbeverband Eulach", "gewerbe-eulach.example", "de", "Mitteilungen der Woche"),
    ("Ladenbau heute", "ladenbau-heute.example", "de", "Regale, die mitdenken"),
    ("Akku-Fachblatt", "akku-fachblatt.example", "de", "Rückrufe und Neuheiten"),
    ("Reifenpost", "reifenpost.example", "de", "Black Week geht weiter"),
)  # fmt: skip
NEWS = {
    "de": "Liebe Händlerin, lieber Händler\n\n{}. Nur solange Vorrat.\n\nAbmelden: {}",
    "fr": "Chère cliente, cher client,\n\n{}. Dans la limite des stocks.\n\nSe désabonner : {}",
    "it": "Gentile cliente,\n\n{}. Fino a esaurimento scorte.\n\nAnnullare l'iscrizione: {}",
    "en": "Dear dealer,\n\n{}. While stocks last.\n\nUnsubscribe: {}",
}
SPAM = (
    ("Your parcel is waiting, pay 1.99 now", "Dear customer, your parcel could not be delivered. Confirm within 24 hours."),
    ("Erste Seite bei Suchmaschinen, garantiert", "Wir bringen Ihre Webseite auf Platz eins. Antworten Sie noch heute!"),
    ("Vous avez gagné un vélo", "Cliquez vite pour recevoir votre prix, il ne reste que deux heures."),
)  # fmt: skip
TO_A_SISTER = (
    "Kommst du am Sonntag zum Zmittag?\n\nMama macht Älplermagronen. Kuss, Seraina",
    "Hast du meinen Veloschlüssel?\n\nEr ist seit eurem Besuch verschwunden. Seraina",
    "Wann ist Papas Fest?\n\nIch finde deine Einladung nicht mehr. Seraina",
)
VISITS = (
    "Lässt den Sattel höher stellen und bestellt einen Spiegel.",
    "Probefahrt auf dem E-Bike Töss 500, will es überschlafen.",
    "Holt das Velo ab; ihm gefällt, dass die Kette geputzt ist.",
    "Fragt nach einem Kindersitz, der an ein Gravelbike passt.",
    "Reklamiert den Platten von letzter Woche. Schlauch kostenlos ersetzt.",
)
LETTERS = (
    ("Kündigt den Servicevertrag auf Ende Jahr.", "Kündigung bestätigt, Gutschein beigelegt."),
    ("Dankt handschriftlich für die Reparatur vor den Ferien.", "Karte mit Grüssen aus der Werkstatt."),
    ("Schickt den unterschriebenen Leasingvertrag zurück.", "Vertrag gegengezeichnet zurück."),
)  # fmt: skip
"""What a letter says, and what we write back."""

ON_SANDRA = "Gibt beim Kauf das Citybike in Zahlung. Probefahrt am liebsten samstags."
ON_THE_COURIERS = (
    "Rechnung immer an die Buchhaltung, Zahlungsfrist 60 Tage, so abgemacht mit Nadia."
)
NOTES = (
    "Kommt gern am Samstagvormittag.",
    "Bitte nur per Mail, arbeitet nachts.",
    "Zahlt immer bar und auf den Rappen genau.",
    "Hat zwei Hunde, die Guetsli kennen.",
    "Fährt jeden Tag nach Zürich, auch bei Schnee.",
)
