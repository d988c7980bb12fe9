"""When two values mean the same."""

from __future__ import annotations

import pytest

from chalicelib.verdict.compare import company_domain, domain, is_placeholder, same_value


@pytest.mark.parametrize(
    "company",
    ["N/A", "n.a.", "NA", "-", "--", "Individual", "self", "Self-Employed", "none", "Ada Park", "ADA  PARK", "Unknown"],
)
def test_a_placeholder_is_no_company(company: str) -> None:
    """Dashes, N/A, Individual, Self and the person's own name stand where no company is."""
    assert is_placeholder(company, "Ada Park")


LANGUAGES = {
    "English": ("not specified", "Unknown", "Private Person", "[Not Provided]", "(not set)", "xxx", "TBD", "?", "..."),
    "German": ("keine", "Privat", "k.A.", "k. A.", "Selbstständig", "selbststaendig", "Privatperson"),
    "French": ("aucune", "Particulier", "non renseigné", "Non renseigne", "sans société"),
    "Spanish": ("ninguna", "sin empresa", "PARTICULAR", "autónomo", "no aplica"),
    "Italian": ("nessuna", "Privato", "persona fisica", "libero professionista"),
    "Dutch": ("geen", "Particulier", "n.v.t.", "niet van toepassing"),
    "Portuguese": ("nenhuma", "Não informado", "nao informado", "pessoa física"),
    "Polish": ("brak", "osoba prywatna", "nie dotyczy", "b.d."),
    "Swedish": ("ingen", "privatperson", "saknas"),
    "Danish": ("ikke angivet", "Privatkunde", "ukendt"),
    "Norwegian": ("ikke oppgitt", "ukjent"),
    "Finnish": ("ei ole", "yksityishenkilö"),
    "Czech": ("žádná", "neuvedeno", "soukromá osoba"),
    "Hungarian": ("nincs", "magánszemély"),
    "Romanian": ("niciuna", "persoană fizică"),
    "Greek": ("καμία", "Ιδιώτης", "ΙΔΙΩΤΗΣ", "Δ/Α"),
    "Turkish": ("yok", "Bireysel", "belirtilmemiş"),
    "Russian": ("нет", "частное лицо", "н/д", "Не указано"),
    "Arabic": ("لا يوجد", "فرد", "غير محدد"),
    "Hebrew": ("אין", "פרטי"),
    "Hindi": ("कोई नहीं", "व्यक्तिगत", "निजी"),
    "Tamil": ("இல்லை", "தனிநபர்"),
    "simplified Chinese": ("无", "没有", "个人", "暂无", "不适用"),
    "traditional Chinese": ("無", "沒有", "個人", "不適用"),
    "Japanese": ("なし", "個人", "該当なし", "個人事業主", "フリーランス"),
    "Korean": ("없음", "개인"),
    "signs": ("-", "—", ".", "***", "//", "…", "？", "_"),
}


@pytest.mark.parametrize("company", [company for companies in LANGUAGES.values() for company in companies], ids=ascii)
def test_a_placeholder_in_any_language_of_zohos_data_centres(company: str) -> None:
    """People say "none" and "private" in their own language, and web forms in theirs; spelling does not matter."""
    assert is_placeholder(company, "Ada Park")
    assert is_placeholder(f" {company.upper()} ", "Ada Park")


@pytest.mark.parametrize("company", ["Łukasz Nowak", "Lukasz Nowak", "NOWAK, ŁUKASZ", "lukasz-nowak"])
def test_the_persons_own_name_in_any_spelling_is_no_company(company: str) -> None:
    """A form that wants a company gets the name once more."""
    assert is_placeholder(company, "Łukasz Nowak")


@pytest.mark.parametrize(
    "company", ["ND", "KA", "NC", "Private Bank", "X", "Test", "None of the Above Ltd", "NAV", "個人情報", "無印良品"]
)
def test_a_company_with_a_short_or_common_name_is_a_company(company: str) -> None:
    """A placeholder is the whole value, and letters that some company is called need their dots or slash."""
    assert not is_placeholder(company, "Ada Park")


@pytest.mark.parametrize("company", ["", "  ", "Zylker", "Nazca", "Self Storage", "株式会社"])
def test_a_company_or_nothing_is_no_placeholder(company: str) -> None:
    """An empty field is empty, and a company that merely starts like a placeholder is a company."""
    assert not is_placeholder(company, "Ada Park")


@pytest.mark.parametrize("company", ["Bot", "BOT ", "website visitor", "Website-Visitor"])
def test_the_org_has_placeholders_of_its_own(company: str) -> None:
    """What an org's bots type into the company field is no company there, however it is spelled, and one elsewhere."""
    assert is_placeholder(company, "Ada Park", ["bot", "Website Visitor"])
    assert not is_placeholder(company, "Ada Park")


NOTHING = [
    "TBC",
    "néant",
    "Nessuna società",
    "Nessuna ditta",
    "no tengo empresa",
    "нет компании",
    "لا شركة",
    "فردي",
    "無所属",
    "会社名なし",
    "해당 사항 없음",
    "ไม่มีบริษัท",
    "Tidak Ada Perusahaan",
    "लागू नहीं है",
    "bez firmy",
    "Mein Unternehmen",
    "Mi empresa",
    "Unknown Organization",
    "N/A N/A",
    "N/A (private)",
    "Privat / keine Firma",
    "-Select-",
    "No Name Provided",
    "Park Ada",
    "Dr. Ada Park",
    "Ada Park / none",
    "Mr Ada Park",
    "Prof. Dr. Park, Ada",
    "k.A. / privat",
    "Ada Park (privat)",
    "sans entreprise",
    "geen organisatie",
    "sin negocio",
    "--None--",
    "Private - n/a",
    "Herr Ada Park",
    "Ada Park, private",
]


@pytest.mark.parametrize("company", NOTHING, ids=ascii)
def test_what_says_that_there_is_no_company(company: str) -> None:
    """Every word for company after every word for none, several placeholders together, and the person with a title or turned round."""
    assert is_placeholder(company, "Ada Park")


@pytest.mark.parametrize(
    "company",
    [
        "Park Ada Ltd",
        "None Such Records",
        "Private Equity Partners",
        "Individual Software",
        "Self Storage",
        "Unknown Worlds",
        "NA Sports",
        "Privat Bank",
        "Zylker",
        "Nil Desperandum",
        "Keine Sorgen Versicherung",
        "X Corp",
        "Free",
        "Park",
        "Ada",
        "Dr. Park",
        "Select Comfort",
        "Select",
        "Company of Wolves",
        "ND",
        "KA",
        "NC",
        "The Company",
        "Home Private",
        "Ohne Grenzen",
        "Sans Souci",
        "NA KA",
        "Ada Park Consulting",
        "Home",
        "Mi Casa",
        "Dr. Oetker",
    ],
)
def test_a_company_with_a_word_of_a_placeholder_is_a_company(company: str) -> None:
    """One part that is none of them makes it a company, and half of a person's name is not the person."""
    assert not is_placeholder(company, "Ada Park")


def test_a_long_text_of_placeholders_costs_no_time() -> None:
    """What a stranger types into a form has at most eight parts that are tried."""
    assert is_placeholder(" ".join(["none"] * 8), "Ada Park")
    assert not is_placeholder("N/A " * 120, "Ada Park")


DOMAINS = [
    ("https://www.zylker.example/about?x=1", "zylker.example"),
    ("Zylker.example", "zylker.example"),
    ("zylker.example:8080", "zylker.example"),
    ("ada@Zylker.example", "zylker.example"),
    ("https://ada@zylker.example/", "zylker.example"),
    ("zylker", ""),
    ("http://[broken", ""),
    ("", ""),
]


@pytest.mark.parametrize(("value", "expected"), DOMAINS)
def test_domain_of_a_website_or_an_email(value: str, expected: str) -> None:
    """The host counts, without www, port and path; what is no address has none."""
    assert domain(value) == expected


@pytest.mark.parametrize("email", ["ada@gmail.com", "ada@GMX.de", "zylker.example", ""])
def test_free_mail_says_nothing_about_a_company(email: str) -> None:
    """A free-mail domain, or a text that is no email, leads to no company."""
    assert company_domain(email) == ""


def test_an_email_at_a_company_leads_to_its_domain() -> None:
    """Any other domain may be a company's."""
    assert company_domain("ada@zylker.example") == "zylker.example"


SAME_VALUES = [
    ("Email", "Ada@Zylker.example ", "ada@zylker.example", True),
    ("Email", "ada@zylker.example", "adazylker.example", False),
    ("Phone", "+1 (555) 0100", "1 555 0100", True),
    ("Phone", "555 0100", "555 0101", False),
    ("Mobile", "ext.", "ext", False),
    ("Website", "https://www.zylker.example/", "zylker.example", True),
    ("Website", "zylker", "zylker!", False),
    ("Full_Name", "Ada  Park", "ada park", True),
    ("Account_Name", "Kestrel-Labs", "Kestrel Labs", True),
    ("Account_Name", "!!", "??", False),
    ("Account_Name", "Crédit X S.A.", "Credit X SA", True),
    ("Account_Name", "Müller KG", "Mueller", True),
    ("Account_Name", "Muller KG", "Mueller KG", False),
    ("Full_Name", "Łukasz Nowak", "lukasz nowak", True),
    ("Last_Name", "Sørensen", "Soerensen", True),
    ("First_Name", "Jurgen", "Juergen", False),
    ("Tax_Id", "ab-1", "AB-1", True),
    ("Tax_Id", "ab-1", "ab 1", False),
    ("Email", "", "", False),
    ("Email", "ada@zylker.example", " ", False),
]


@pytest.mark.parametrize(("field", "left", "right", "expected"), SAME_VALUES)
def test_values_are_compared_as_their_field_asks(field: str, left: str, right: str, *, expected: bool) -> None:
    """Phones by digits, websites by host, names by words, all else but for case; nothing equals nothing."""
    assert same_value(field, left, right) is expected
