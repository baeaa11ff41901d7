{{ config(alias='product_selection_rule') }}
{{ og_hevo('product_selection_rule') }}
