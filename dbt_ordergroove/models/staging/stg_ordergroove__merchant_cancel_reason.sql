{{ og_staging('merchant_cancel_reason') }}
