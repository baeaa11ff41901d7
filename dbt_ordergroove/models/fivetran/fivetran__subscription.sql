{{ config(alias='subscription') }}
{{ og_fivetran('subscription', {'public_id': 'id', 'customer': 'customer_id', 'payment': 'payment_id', 'product': 'product_id'}) }}
