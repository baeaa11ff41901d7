{{ config(alias='orders') }}
{{ og_fivetran('orders', {'public_id': 'id', 'customer': 'customer_id', 'payment': 'payment_id'}) }}
