{{ og_staging('product_group') }}
