{{ config(alias='product_selection_rule_element') }}
{{ og_hevo('product_selection_rule_element') }}
