{{ config(alias='address') }}
{{ og_hevo('address') }}
