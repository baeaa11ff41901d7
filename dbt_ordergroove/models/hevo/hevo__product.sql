{{ config(alias='product') }}
{{ og_hevo('product') }}
