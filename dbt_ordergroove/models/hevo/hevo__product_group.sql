{{ config(alias='product_group') }}
{{ og_hevo('product_group') }}
