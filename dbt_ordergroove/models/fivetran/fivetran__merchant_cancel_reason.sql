{{ config(alias='merchant_cancel_reason') }}
{{ og_fivetran('merchant_cancel_reason') }}
