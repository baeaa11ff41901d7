{{ config(alias='product_selection_rule_element') }}
{{ og_fivetran('product_selection_rule_element', {'public_id': 'id'}) }}
