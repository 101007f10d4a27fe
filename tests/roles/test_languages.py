"""A customer table in the commonest languages of marketers: the same columns have the same roles."""

from __future__ import annotations

import pytest
from handmade import role_of, roles_of

NUMBERS = [str(n % 40) for n in range(60)]
YEARS = [str(1950 + n % 50) for n in range(60)]
MONEY = [f"{n * 13.37:.2f}" for n in range(60)]
INCOMES = [str(20_000 + n * 997) for n in range(60)]
IDS = [f"{n:06d}" for n in range(60)]
FEW = ["a", "b", "c"] * 20
SEXES = ["F", "M"] * 30
DATES = [f"2024-01-{n % 28 + 1:02d}" for n in range(60)]

NAMES = {
    "id": (IDS, "CustomerID customer_no Kundennummer KundenNr Kunden-Nr. id_client n°_client NumeroCliente ID_Cliente "
                "CD_CLIENTE codigo_cliente codice_cliente Klantnummer klant_id id_klienta Kundnummer member_id userid"),
    "birth-year": (YEARS, "Year_Birth birthyear YOB Geburtsjahr GEBURTSJAHR année_naissance AnneeDeNaissance "
                          "Año_de_nacimiento ano_nascimento anno_di_nascita geboortejaar rok_urodzenia födelseår"),
    "age": (NUMBERS, "age customer_age Alter âge AGE_CLIENT edad idade età leeftijd wiek ålder"),
    "income": (INCOMES, "income annual_income HouseholdIncome Einkommen Jahreseinkommen revenu Revenus_annuels "
                        "ingresos renda salario reddito inkomen dochód inkomst"),
    "value": (MONEY, "total_spend Revenue Umsatz Gesamtumsatz chiffre_d'affaires CA_montant_total ventas_totales "
                     "faturamento VL_TOTAL fatturato omzet obrót omsättning lifetime_value CLV"),
    "orders": (NUMBERS, "orders number_of_orders purchase_frequency Bestellungen AnzahlBestellungen "
                        "nombre_de_commandes pedidos num_compras QTDE_PEDIDOS numero_ordini aantal_bestellingen "
                        "liczba_zamówień antal_köp"),
    "recency": (NUMBERS, "recency DaysSinceLastOrder Tage_seit_letzter_Bestellung jours_depuis_dernier_achat "
                         "dias_desde_ultima_compra giorni_dall_ultimo_acquisto dagen_sinds_laatste_bestelling"),
    "children": (["0", "1", "2"] * 20, "children num_children Kinder AnzahlKinder enfants nombre_enfants hijos filhos "
                                       "figli dzieci barn"),
    "channel": (NUMBERS, "NumWebPurchases orders_online Bestellungen_Filiale commandes_magasin compras_tienda "
                         "pedidos_loja acquisti_negozio bestellingen_winkel"),
    "score": (NUMBERS, "spending_score NPS Zufriedenheit satisfaction puntuación pontuação punteggio tevredenheid"),
    "education": (FEW, "Education Bildung Bildungsabschluss niveau_d'études educación escolaridade "
                       "istruzione opleiding"),
    "marital-status": (FEW, "Marital_Status MaritalStatus Familienstand situation_familiale état_civil estado_civil "
                            "stato_civile burgerlijke_staat stan_cywilny civilstånd"),
    "gender": (SEXES, "gender Sex Geschlecht sexe genre sexo género gênero sesso geslacht płeć kön"),
    "region": (FEW, "region Country Bundesland Land Stadt Wohnort ville Région pays ciudad provincia UF cidade REGIAO "
                    "regione città woonplaats kraj województwo Ort PLZ zip_code code_postal"),
    "date": (DATES, "SignUpDate DT_CADASTRO Bestelldatum date fecha data_nascita"),
    "complaint": (["0", "1", "0"] * 20, "Complain Beschwerden réclamations quejas reclamações reclami klachten"),
    "response": (["0", "1", "0"] * 20, "AcceptedCmp3 Response Kampagne_1 campagne_2 respuesta campanha1 risposta"),
    "visits": (NUMBERS, "web_visits sessions Besuche visites visitas visite bezoeken"),
    "deals": (NUMBERS, "NumDealsPurchases coupons_used Gutscheine compras_ofertas acquisti_sconti"),
}  # fmt: skip
CASES = [(role, name) for role, (_, names) in NAMES.items() for name in names.split()]


@pytest.mark.parametrize(("role", "name"), CASES, ids=[name for _, name in CASES])
def test_a_column_of_customers_is_understood_in_its_language(role: str, name: str) -> None:
    found = role_of(name, NAMES[role][0])
    assert found.role == role, found.why


@pytest.mark.parametrize(
    ("customer", "invoice", "day", "product", "quantity", "price"),
    [
        ("CustomerID", "InvoiceNo", "InvoiceDate", "StockCode", "Quantity", "UnitPrice"),
        ("Kundennummer", "Rechnungsnummer", "Rechnungsdatum", "Artikelnummer", "Menge", "Einzelpreis"),
        ("id_client", "numero_facture", "date_facture", "code_produit", "quantité", "prix_unitaire"),
        ("ID_Cliente", "Nro_Factura", "Fecha", "Producto", "Cantidad", "Precio_Unitario"),
        ("CD_CLIENTE", "nota_fiscal", "DT_PEDIDO", "CD_PRODUTO", "QTDE", "preço"),
        ("codice_cliente", "numero_fattura", "data", "codice_prodotto", "quantità", "prezzo"),
        ("klantnummer", "factuurnummer", "datum", "artikelnummer", "aantal", "prijs"),
        ("nr_klienta", "numer_faktury", "data", "produkt", "ilość", "cena"),
        ("kundnummer", "fakturanummer", "datum", "artikel", "antal", "pris"),
        ("customer_id", "order_id", "order_date", "sku", "qty", "price"),
    ],
)
def test_a_log_of_purchases_is_understood_in_its_language(
    customer: str, invoice: str, day: str, product: str, quantity: str, price: str
) -> None:
    cells = {
        customer: [str(1000 + n % 12) for n in range(60)],
        invoice: [str(536_000 + n // 2) for n in range(60)],
        day: DATES,
        product: [f"{n % 7}A" for n in range(60)],
        quantity: [str(n % 5 + 1) for n in range(60)],
        price: [f"{n % 9 + 0.95}" for n in range(60)],
    }
    found = [role.role for role in roles_of(**cells).roles.values()]
    assert found == ["id", "invoice", "date", "product", "quantity", "unit-price"]
