{{ config(alias='merchant_cancel_reason') }}
{{ og_hevo('merchant_cancel_reason') }}
