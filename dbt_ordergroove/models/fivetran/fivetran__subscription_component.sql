{{ config(alias='subscription_component') }}
{{ og_fivetran('subscription_component', {'public_id': 'id', 'product': 'product_id'}) }}
