{{ config(alias='product_group') }}
{{ og_fivetran('product_group') }}
