{{ config(alias='payment') }}
{{ og_hevo('payment') }}
