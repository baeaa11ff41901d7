{{ config(alias='address') }}
{{ og_fivetran('address', {'public_id': 'id', 'customer': 'customer_id', 'address2': 'address_2'}) }}
