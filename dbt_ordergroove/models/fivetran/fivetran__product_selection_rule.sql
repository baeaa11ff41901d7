{{ config(alias='product_selection_rule') }}
{{ og_fivetran('product_selection_rule', {'public_id': 'id'}) }}
