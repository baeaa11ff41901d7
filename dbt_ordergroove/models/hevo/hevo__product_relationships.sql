{{ config(alias='product_relationships') }}
{{ og_hevo('product_relationships') }}
