{{ config(alias='product') }}
{{ og_fivetran('product', {'external_product_id': 'id'}) }}
