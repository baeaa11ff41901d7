{{ config(alias='customer') }}
{{ og_fivetran('customer', {'id': 'ordergroove_id', 'merchant_user_id': 'id'}) }}
