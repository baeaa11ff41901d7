{{ config(alias='payment') }}
{{ og_fivetran('payment', {'public_id': 'id', 'customer': 'customer_id'}) }}
