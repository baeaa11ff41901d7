{{ config(alias='orders') }}
{{ og_hevo('orders') }}
