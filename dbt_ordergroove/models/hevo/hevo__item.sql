{{ config(alias='item') }}
{{ og_hevo('item') }}
