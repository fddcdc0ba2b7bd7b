"""The words of the demo's day: names, the titles of its steps in each language, and what its page offers.

Places, contacts and addresses are those of the demo company; a test compares them.
"""

from __future__ import annotations

from typing import NamedTuple

from sandbox.story import Words

CLIENT = "Taberna Ñandú"
MAILBOX = "pedidos@nandu.example.org"
ADMIN = "Алёна"
STOREKEEPER = "Семён"
WAREHOUSE = "Подольск"
REP = "Íñigo"
STRANGER = "Max"
TYPED = "Z-106 24; O-103 1 caja; T-106 30 kg"
SCARCE = "Каркаде"
"""The last one of the list: there is hardly more of it than is ordered."""
GOAL = "60 000"
"""Roubles a month: a good part of it is sold already."""
SHOP = "La Cigüeña"
TAGGED = "@monto 1240 @cliente cigueña @tubos 5"
"""What stands below the photo: what is read from it is compared with this, where photos are read."""
PETROVKA = (55.7646, 37.6165)
"""Where the rep stands: Petrovka street in Moscow."""

EMPTY: Words = {
    "en": "From the beginning: nobody is signed in",
    "es": "Desde el principio: nadie ha entrado",
    "ru": "С самого начала: никто не вошёл",
}
ALL_SIGNED_IN: Words = {
    "en": "Ready to work: admin, rep and storekeeper are signed in",
    "es": "Listo para trabajar: han entrado administradora, comercial y almacenero",
    "ru": "Готово к работе: вошли администратор, торговый представитель и кладовщик",
}
PASSWORD: Words = {
    "en": "One-time password for the admin: send it to the bot",
    "es": "Contraseña de un solo uso para la administradora: envíala al bot",
    "ru": "Одноразовый пароль администратора: отправьте его боту",
}

TITLES: tuple[Words, ...] = (
    {
        "en": f"{ADMIN} gets in as the admin, with the password that `make admin` prints",
        "es": f"{ADMIN} entra como administradora, con la contraseña que da `make admin`",
        "ru": f"{ADMIN} входит как администратор, с паролем от `make admin`",
    },
    {
        "en": f"{ADMIN} issues a password for {REP}, a sales rep",
        "es": f"{ADMIN} crea una contraseña para {REP}, comercial",
        "ru": f"{ADMIN} выдаёт пароль торговому представителю: это {REP}",
    },
    {
        "en": f"{ADMIN} issues another for {STOREKEEPER}, storekeeper in {WAREHOUSE}",
        "es": f"{ADMIN} crea otra para {STOREKEEPER}, almacenero en {WAREHOUSE}",
        "ru": f"{ADMIN} выдаёт ещё один: {STOREKEEPER}, кладовщик, склад {WAREHOUSE}",
    },
    {
        "en": f"{REP} types his password; the bot speaks Spanish, as his phone does",
        "es": f"{REP} escribe su contraseña; el bot habla español, igual que su teléfono",
        "ru": f"{REP} вводит свой пароль; бот говорит по-испански, как и его телефон",
    },
    {
        "en": f"{STOREKEEPER} opens his link; his phone is English",
        "es": f"{STOREKEEPER} abre su enlace; su teléfono está en inglés",
        "ru": f"{STOREKEEPER} открывает свою ссылку; телефон у него английский",
    },
    {
        "en": f"{STOREKEEPER} would rather read Russian",
        "es": f"{STOREKEEPER} prefiere leer en ruso",
        "ru": f"{STOREKEEPER} хочет читать по-русски",
    },
    {
        "en": f"{REP} orders 11 horchatas with the steppers, and gives them a star",
        "es": f"{REP} pide 11 horchatas con los botones de cantidad y les pone una estrella",
        "ru": f"{REP} кнопками набирает 11 бутылок орчаты и отмечает её звёздочкой",
    },
    {
        "en": f"{REP} opens his favourites and adds a box of them",
        "es": f"{REP} abre sus favoritos y añade una caja",
        "ru": f"{REP} открывает избранное и добавляет целую коробку",
    },
    {
        "en": f"{REP} types the rest as a list: {TYPED}",
        "es": f"{REP} escribe el resto como una lista: {TYPED}",
        "ru": f"{REP} пишет остальное списком: {TYPED}",
    },
    {
        "en": f"{REP} finds {CLIENT} by typing “nandu”",
        "es": f"{REP} encuentra {CLIENT} escribiendo «nandu»",
        "ru": f"{REP} находит клиента {CLIENT} по слову «nandu»",
    },
    {
        "en": f"{REP} sends a pin of where the goods go",
        "es": f"{REP} envía la ubicación adonde va el pedido",
        "ru": f"{REP} отправляет точку на карте: куда везти",
    },
    {
        "en": f"{REP} chooses the first day",
        "es": f"{REP} elige el primer día",
        "ru": f"{REP} выбирает ближайший день",
    },
    {
        "en": f"{REP} asks why the delivery costs what it costs",
        "es": f"{REP} pregunta por qué el envío cuesta lo que cuesta",
        "ru": f"{REP} спрашивает, почему доставка стоит столько",
    },
    {
        "en": f"{REP} submits the order",
        "es": f"{REP} confirma el pedido",
        "ru": f"{REP} оформляет заказ",
    },
    {
        "en": f"{REP} wants fewer tubes of dye and a call before: he changes the order",
        "es": f"{REP} quiere menos tubos de tinte y que llamen antes: cambia el pedido",
        "ru": f"{REP} меняет заказ: краски нужно меньше, и пусть заранее позвонят",
    },
    {
        "en": f"{STOREKEEPER} reads what is different, opens the order and takes it",
        "es": f"{STOREKEEPER} lee qué ha cambiado, abre el pedido y se lo queda",
        "ru": f"{STOREKEEPER} читает, что изменилось, открывает заказ и берёт его себе",
    },
    {
        "en": f"{STOREKEEPER} finds 26.5 kg of the tea, not 30",
        "es": f"{STOREKEEPER} encuentra 26,5 kg del té, no 30",
        "ru": f"{STOREKEEPER} находит на полке 26,5 кг чая, а не 30",
    },
    {
        "en": f"{STOREKEEPER} names the vehicle and confirms the loading",
        "es": f"{STOREKEEPER} indica el vehículo y confirma la carga",
        "ru": f"{STOREKEEPER} называет машину и подтверждает погрузку",
    },
    {
        "en": f"The invoice arrives at {MAILBOX}",
        "es": f"La factura llega a {MAILBOX}",
        "ru": f"Счёт приходит на {MAILBOX}",
    },
    {
        "en": f"{REP} sees that the mail server has accepted it",
        "es": f"{REP} ve que el servidor de correo la ha aceptado",
        "ru": f"{REP} видит, что почтовый сервер его принял",
    },
    {
        "en": f"{ADMIN} sets a goal for the month: {REP} is to sell for {GOAL} ₽",
        "es": f"{ADMIN} fija un objetivo para el mes: que {REP} venda por {GOAL} ₽",
        "ru": f"{ADMIN} ставит цель на месяц: пусть {REP} продаст на {GOAL} ₽",
    },
    {
        "en": f"{REP} sells five tubes at a counter and photographs the ticket",
        "es": f"{REP} vende cinco tubos en un mostrador y fotografía el tique",
        "ru": f"{REP} продаёт пять тюбиков с прилавка и фотографирует чек",
    },
    {
        "en": f"{REP} records the sale and reads what it earns him",
        "es": f"{REP} registra la venta y lee lo que gana con ella",
        "ru": f"{REP} записывает продажу и читает, сколько он на ней заработал",
    },
    {
        "en": f"{REP} asks how far he is: /metas",
        "es": f"{REP} pregunta cuánto lleva: /metas",
        "ru": f"{REP} спрашивает, сколько уже сделано: /metas",
    },
    {
        "en": "Tea comes in, and what was missing can go",
        "es": "Llega té, y lo que faltaba puede salir",
        "ru": "Приходит чай, и можно отгружать то, чего не хватило",
    },
    {
        "en": f"{ADMIN} looks at the figures of the day",
        "es": f"{ADMIN} mira las cifras del día",
        "ru": f"{ADMIN} смотрит показатели за день",
    },
)
"""Of the steps in `demo_day.DAY`, in the same order."""


class Place(NamedTuple):
    """Somewhere to be: degrees north and east."""

    name: str
    about: str
    latitude: float
    longitude: float


WAREHOUSES = (
    Place("Подольск", "Московская обл., г. Подольск, ул. Большая Серпуховская, 43", 55.4195, 37.5560),
    Place("Химки", "Московская обл., г. Химки, Ленинградское ш., 29", 55.8885, 37.4280),
    Place("Шушары", "Санкт-Петербург, пос. Шушары, Московское ш., 161", 59.8060, 30.4030),
    Place("Казань", "г. Казань, ул. Техническая, 23", 55.7560, 49.1320),
)
CLIENTS = (
    Place(CLIENT, "Москва, ул. Большая Никитская, 22", 55.7568, 37.6020),
    Place("Берёзка", "г. Подольск, Революционный пр-т, 52", 55.4297, 37.5453),
    Place("Кафе «Пельмешка»", "Москва, ул. Арбат, 24", 55.7506, 37.5935),
    Place("La Cigüeña", "Москва, ул. Пятницкая, 16", 55.7442, 37.6286),
    Place("Churrería Española", "Москва, ул. Мясницкая, 24", 55.7632, 37.6360),
    Place("Garden Bistro", "Москва, Цветной б-р, 15", 55.7700, 37.6200),
    Place("Магазин «Родничок»", "г. Химки, ул. Московская, 22", 55.8920, 37.4400),
    Place("Casa Peña", "Санкт-Петербург, ул. Гороховая, 32", 59.9300, 30.3190),
    Place("Кофейня «Зерно»", "Санкт-Петербург, ул. Рубинштейна, 13", 59.9305, 30.3440),
    Place("Чайхана «Алма»", "г. Казань, ул. Баумана, 44", 55.7900, 49.1150),
    Place("Оптовый двор «Кама»", "г. Набережные Челны, пр-т Мира, 49", 55.7450, 52.4050),
)
ELSEWHERE = (
    Place("Петровка", "Москва, ул. Петровка", *PETROVKA),
    Place("Тверь", "Тверская обл.", 56.8587, 35.9176),
    Place("Тула", "Тульская обл.", 54.1931, 37.6173),
    Place("Великий Новгород", "Новгородская обл.", 58.5215, 31.2755),
    Place("Нижний Новгород", "Нижегородская обл.", 56.3269, 44.0059),
    Place("Сочи", "Краснодарский край", 43.5855, 39.7231),
    Place("Владивосток", "Приморский край", 43.1155, 131.8855),
)
PLACES = (ELSEWHERE[0], *CLIENTS, *WAREHOUSES, *ELSEWHERE[1:])
"""What may be sent as a location, in the order of the page."""


class Contact(NamedTuple):
    """Whom to call at a client's."""

    name: str
    client: str
    phone: str


CONTACTS = (
    Contact("Íñigo Muñoz", CLIENT, "+7 495 000-26-33"),
    Contact("Семён Воробьёв", "Берёзка", "+7 495 000-20-11"),
    Contact("Артём Лисицын", "Кафе «Пельмешка»", "+7 495 000-25-96"),
    Contact("Begoña Peña", "La Cigüeña", "8 (495) 000-27-70"),
)
"""What may be sent as a contact."""
