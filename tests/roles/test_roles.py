"""Columns mean what their names and cells say, and the reason says which of them it was."""

from __future__ import annotations

import random

import pytest
from handmade import column, role_of, roles_of, table

from segreport.errors import ConfigError
from segreport.roles import detect_roles


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("CustomerID", ["01", "02", "03"], "id"),
        ("Year_Birth", ["1957", "1893", "1980"], "birth-year"),
        ("age", ["39", "41", "22"], "age"),
        ("annual_income", ["15", "16", "17"], "income"),
        ("MntMeatProducts", ["1", "2", "2"], "spend"),
        ("spend_on_wine", ["1.5", "2", "2"], "spend"),
        ("NumWebPurchases", ["1", "2", "2"], "channel"),
        ("NumDealsPurchases", ["1", "2", "2"], "deals"),
        ("NumWebVisitsMonth", ["1", "2", "2"], "visits"),
        ("Kidhome", ["1", "0", "2"], "children"),
        ("Recency", ["58", "38", "26"], "recency"),
        ("AcceptedCmp3", ["0", "1", "0"], "response"),
        ("spending_score", ["39", "81", "6"], "score"),
        ("last_purchase_amount", ["39", "81", "81"], "number"),
        ("membership_years", ["3", "2", "9"], "number"),
        ("days_since_signup", ["300", "200", "90"], "number"),
        ("average_order_value", ["30.5", "20", "90"], "number"),
        ("Complain", ["0", "1", "0"], "complaint"),
        ("customer_spend", ["1.5", "2", "2.5"], "value"),
        ("postcode", ["A1", "A2", "A2"], "region"),
        ("Z_Revenue", ["11", "11", "11"], "constant"),
        ("Region", ["1", "2", "3"], "region"),
        ("Channel", ["1", "2", "2"], "category"),
        ("Segment", ["Corporate", "Home", "Home"], "category"),
        ("cluster", ["1", "2", "3"], "category"),
        ("preferred_category", ["Sports", "Home", "Home"], "category"),
        ("notes", [None, "", " "], "missing"),
        ("newsletter", ["0", "1", "1"], "flag"),
        ("gender", ["F", "M", "F"], "gender"),
        ("Education", ["PhD", "Basic", "PhD"], "education"),
        ("Marital_Status", ["Single", "Married", "YOLO"], "marital-status"),
        ("country", ["NA", "None", "TRUE"], "region"),
        ("joined", ["2014-06-29", "2013-01-05", "2014-02-11"], "date"),
        ("code_like", ["007", "012", "012"], "category"),
        ("genre", ["rock", "jazz", "rock"], "category"),
        ("geschlecht", ["männlich", "weiblich", "weiblich"], "gender"),
        ("who", ["Female", "Male", "Male"], "gender"),
        ("data", ["12.5", "13.5", "14"], "number"),
        ("income_group", ["low", "high", "low"], "category"),
        ("age_group", ["18-24", "25-34", "18-24"], "category"),
        ("store_id", ["7", "7", "9"], "category"),
        ("used_coupons", ["0", "1", "1"], "flag"),
        ("age", ["1", "2", "3"] * 10, "category"),
        ("income", ["1", "2", "7"] * 10, "category"),
        ("PURCHASES", ["812.5", "90.25", "14"], "value"),
        ("PURCHASES_FREQUENCY", ["0.5", "0.25", "1"], "number"),
        ("open_complaints", ["0", "5", "2"], "number"),
        ("last_purchase_country", ["DE", "FR", "FR"], "region"),
        ("address_city", ["Bonn", "Ulm", "Ulm"], "region"),
        ("last_order_id", ["536001", "536002", "536002"], "category"),
        ("claim_amount", ["10.5", "2", "3"], "number"),
        ("TotalCharges", ["10.5", "2", "3"], "value"),
        ("number_of_countries", ["1", "2", "2"], "number"),
        ("category_count", ["1", "2", "2"], "number"),
        ("web_clicks", ["1", "2", "2"], "number"),
        ("most_recent_basket", ["1", "2", "2"], "number"),
        ("store", ["1", "2", "2"], "category"),
        ("StoreNumber", ["1", "2", "2"], "category"),
        ("market_cap", ["10500", "20700", "90100"], "number"),
        ("key_account", ["yes", "no", "no"], "category"),
        ("web_share", ["0.5", "0.25", "0.25"], "number"),
    ],
)
def test_a_role_is_found_from_name_and_cells(name: str, cells: list[str | None], expected: str) -> None:
    found = role_of(name, cells)
    assert found.role == expected, found.why


@pytest.mark.parametrize(
    ("name", "cells", "why"),
    [
        ("age", ["18", "70", "33"], "named as an age, from 18 to 70"),
        ("age", ["18", "999", "33"], "numbers from 18 to 999: named as an age, but not all of them can be"),
        ("birth_year", ["1980", "19"], "numbers from 19 to 1980: named as a year of birth, but not all of them can be"),
        ("Income", ["1", "2"], "named as an income"),
        ("optin", ["0", "1", "1"], "2 different values, 0 and 1"),
        ("team", ["Bonn", "Ulm", "Bonn"], "2 different values, Bonn and Ulm"),
        ("mood", ["a", "a", "b", "c", "d"], "4 different values, a the most common"),
        ("Z_Revenue", ["11", "11"], "one value only, 11, in every row"),
        ("MntWines", ["1", "2"], "money spent on one product: wine"),
        ("customer_id", ["7", "8", "9"], "named as an id, and a value of its own in nearly every row"),
    ],
)  # fmt: skip
def test_the_reason_names_the_evidence(name: str, cells: list[str | None], why: str) -> None:
    assert role_of(name, cells).why == why


def test_a_date_says_how_it_was_read_and_whether_that_is_sure() -> None:
    days = ["2012-09-04", "2013-08-21"]
    sure = role_of("joined", days, reading="DMY", ambiguous=0.41)
    assert sure.why == "every cell is a date, read as DMY, day first: no other reading fits every cell"
    either = role_of("joined", days, reading="MDY", ambiguous=1.0)
    assert either.why == "every cell is a date, read as MDY, month first; the other reading fits every cell too"
    born = role_of("date_of_birth", days)
    assert (born.role, born.topic) == ("date", "birth")
    assert born.why.endswith("named as a date of birth")


def test_a_key_in_every_row_is_no_measurement() -> None:
    assert role_of("number", [str(n) for n in range(100, 140)]).role == "near-unique"
    assert role_of("serial", [str(4_000_000_000 + n * 7919) for n in range(40)]).role == "near-unique"
    assert role_of("voucher", [f"K-{n}" for n in range(40)]).role == "near-unique"


def test_a_measurement_is_no_key_though_it_never_repeats() -> None:
    chance = random.Random(1)
    wholes = chance.sample(range(12_000, 140_000), 200)
    assert role_of("x", [str(n) for n in wholes]).role == "number"
    assert role_of("Fresh", [str(n) for n in wholes]).role == "number"
    assert role_of("income", [str(n) for n in range(100, 140)]).role == "income"
    assert role_of("weight", [str(n + 0.5) for n in range(40)]).role == "number"
    assert role_of("points_count", [str(n) for n in range(100, 140)]).role == "number"


@pytest.mark.parametrize(
    ("name", "cell", "what"),
    [
        ("contact_1", "anna{n}@example.org", "e-mail addresses"),
        ("reach", "+49 170 123{n:04d}", "telephone numbers"),
        ("Mobile", "1701230{n:03d}", "telephone numbers"),
        ("site", "https://example.org/{n}", "web addresses"),
        ("zip", "{n:05d}", "postal codes"),
        ("where", "SW{n} 1AA", "postal codes"),
        ("Street", "Main Road {n}", "addresses"),
        ("customer_name", "Anna Müller {n}", "names of people"),
        ("NM_CLIENTE", "Ana Souza {n}", "names of people"),
    ],
)
def test_personal_data_is_known_and_never_segmented_on(name: str, cell: str, what: str) -> None:
    found = role_of(name, [cell.format(n=n % 45 + 10) for n in range(60)])
    assert (found.role, found.why) == ("text", f"{what}: personal data, never segmented on")
    single = role_of(name, [cell.format(n=n + 10) for n in range(60)])
    assert (single.role, single.why) == ("near-unique", f"{what}: personal data, never segmented on")


def test_the_id_of_customers_comes_before_other_ids_wherever_it_stands() -> None:
    keys = {"row_id": ["1", "2", "3"], "CustomerID": ["7", "8", "9"]}
    for order in (list(keys), list(keys)[::-1]):
        roles = roles_of(**{name: keys[name] for name in order}, spend=["1", "2", "2"]).roles
        assert roles["CustomerID"].role == "id"
        assert roles["row_id"].role == "category"


def test_an_id_of_something_else_is_not_the_customers() -> None:
    ids = [str(n) for n in range(5000, 5040)]
    roles = roles_of(order_id=ids, store_id=ids, amount=["1.5", "2"] * 20).roles
    assert {roles["order_id"].role, roles["store_id"].role} <= {"near-unique", "invoice"}


def test_the_columns_of_a_log_are_known_where_customers_come_back() -> None:
    log = {
        "CustomerID": ["1", "1", "2", "2", "2"],
        "InvoiceDate": ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"],
        "amount": ["5", "6", "7", "8.5", "9"],
    }
    found = roles_of(**log)
    assert [role.role for role in found.roles.values()] == ["id", "date", "amount"]
    assert found.roles["CustomerID"].why == "named as the customer: 2 customers in 5 rows"
    by_hand = detect_roles(table(**log), id_column="CustomerID").roles
    assert by_hand["CustomerID"].why == "set in the configuration"
    assert by_hand["amount"] == found.roles["amount"]
    rows = {**log, "row": ["1", "2", "3", "4", "5"]}
    assert detect_roles(table(**rows), id_column="row").roles["amount"].role == "value"
    assert roles_of(customer_id=["1", "2", "3"], amount=["1", "2", "3"]).roles["amount"].role == "value"


def test_the_number_of_an_article_is_no_quantity() -> None:
    log = {
        "Kundennummer": [str(n % 9) for n in range(60)],
        "Datum": ["2024-01-01"] * 30 + ["2024-01-02"] * 30,
        "Artikelnummer": [str(4000 + n % 20) for n in range(60)],
        "numero_producto": [str(100 + n % 20) for n in range(60)],
        "num_articulos": [str(1 + n % 5) for n in range(60)],
        "Betrag": [f"{n}.5" for n in range(60)],
    }
    roles = [role.role for role in roles_of(**log).roles.values()]
    assert roles == ["id", "date", "product", "product", "quantity", "amount"]


def test_labels_are_the_names_where_two_would_be_the_same_and_odd_names_stay_as_they_are() -> None:
    roles = roles_of(**{"Mnt Wine": ["1", "2"], "mnt_wine": ["3", "4"], "R&D %s": ["5", "6"]}).roles
    assert [role.label for role in roles.values()] == ["Mnt Wine", "mnt_wine", "R&D %s"]


def test_the_labels_of_the_source_are_printed_and_say_what_a_bare_name_does_not() -> None:
    labels = {"v1": "Age in years", "v2": "How old is your car, and what income would you need for a better one?"}
    roles = roles_of(labels, v1=["20", "30", "40"], v2=["1", "2", "9"]).roles
    assert (roles["v1"].role, roles["v1"].label) == ("age", "Age in years")
    assert (roles["v2"].role, roles["v2"].label) == ("number", labels["v2"])


def test_an_override_wins_and_an_unknown_one_is_refused() -> None:
    data = table(a=["1", "2"], b=["3", "4"])
    chosen = detect_roles(data, overrides={"a": "spend:Tea"}).roles["a"]
    assert (chosen.topic, chosen.label, chosen.why) == ("Tea", "Tea", "set in the configuration")
    assert detect_roles(data, id_column="b").roles["b"].role == "id"
    with pytest.raises(ConfigError, match="no column 'c'") as refusal:
        detect_roles(data, id_column="c")
    assert refusal.value.hint == "the columns are a, b"
    with pytest.raises(ConfigError, match="unknown role 'incme'") as refusal:
        detect_roles(data, overrides={"a": "incme"})
    assert refusal.value.hint == "did you mean income?"
    with pytest.raises(ConfigError, match="no column 'customerid'") as refusal:
        detect_roles(table(CustomerID=["1"]), id_column="customerid")
    assert refusal.value.hint == "did you mean CustomerID?"


def test_a_role_that_does_not_fit_the_cells_is_refused() -> None:
    data = table(a=["x", "y"], b=["3", "4"], c=[None, None])
    with pytest.raises(ConfigError, match="column 'a' cannot be 'income': its cells are not all numbers") as refusal:
        detect_roles(data, overrides={"a": "income"})
    assert refusal.value.hint == "it holds 'x', for example"
    with pytest.raises(ConfigError, match="its cells are not all dates"):
        detect_roles(data, overrides={"b": "date"})
    with pytest.raises(ConfigError, match="its cells are not all numbers") as refusal:
        detect_roles(data, overrides={"c": "age"})
    assert refusal.value.hint == "every cell of it is empty"


def test_two_ids_are_refused_and_the_flag_wins_over_the_file() -> None:
    data = table(a=["1", "2"], b=["3", "4"])
    with pytest.raises(ConfigError, match="columns 'a' and 'b' are both set as the id"):
        detect_roles(data, overrides={"a": "id", "b": "id"})
    roles = detect_roles(data, id_column="b", overrides={"a": "id"}).roles
    assert (roles["a"].role, roles["b"].role) == ("number", "id")


def test_setting_every_role_that_was_found_changes_nothing() -> None:
    cells = {"ID": ["1", "2"], "Recency": ["5", "6"], "MntWines": ["1", "2"], "Complain": ["0", "1"], "u": ["x", "x"]}
    data = table(**cells, date_of_birth=["2000-01-02", "2001-02-03"])
    found = detect_roles(data)
    said = {name: f"{role.role}:{role.topic}" if role.topic else role.role for name, role in found.roles.items()}
    assert detect_roles(data, overrides=said) == found


def test_what_is_noticed_in_columns_has_its_code() -> None:
    typed = table(day=["2012-09-04"] * 3, price=["$ 5", "$ 6", "$ 7"], other=["1", "2", "9"])
    columns = {
        "day": column("day", ["2012-09-04", "2012-09-05"], reading="DMY", ambiguous=0.41),
        "price": column("price", ["5,000.1", "6,1,1", "x5"], numeric_looking=True),
        "other": column("other", ["1", "2"], unreal=3),
    }
    found = detect_roles(type(typed)(typed.rows, columns, typed.source)).findings
    assert [(finding.code, finding.amount) for finding in found] == [("DQ010", 0.41), ("DQ012", 1), ("DQ011", 3)]
    assert found[0].done == "day was read day first, as only that reading fits every row"


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("fiscal_year", ["2019", "2020", "2020"], "category"),
        ("Monat", ["1", "12", "12"], "category"),
        ("weekday", ["1", "7", "7"], "category"),
        ("last_purchase_year", ["2019", "2021", "2021"], "category"),
        ("calls_month", ["1", "7", "7"], "number"),
        ("months", ["1", "7", "7"], "number"),
        ("signup_date", ["44197", "45096", "45096"], "text"),
        ("last_seen_ts", ["1609459200", "1687132800", "1687132800"], "text"),
        ("time_on_site", ["12", "48", "48"], "number"),
        ("latitude", ["52.1", "48.2", "48.2"], "text"),
        ("First Name", ["Ann", "Bob", "Bob"], "text"),
    ],
)
def test_what_counts_time_or_place_is_no_measurement(name: str, cells: list[str], expected: str) -> None:
    assert role_of(name, cells).role == expected


def test_dates_that_were_kept_as_numbers_are_said() -> None:
    found = roles_of(id=["1", "2", "3"], signup_date=["44197", "45096", "45096"])
    assert [finding.code for finding in found.findings] == ["DQ023"]


def test_old_days_are_no_telephone_numbers() -> None:
    assert role_of("born", ["01.01.1945", "02.03.1950", "02.03.1950"]).role == "category"
