{{ config(alias='item') }}
{{ og_fivetran('item', {'public_id': 'id', 'offer': 'offer_id', 'order': 'order_id', 'product': 'product_id', 'subscription': 'subscription_id', 'components': 'component'}) }}
