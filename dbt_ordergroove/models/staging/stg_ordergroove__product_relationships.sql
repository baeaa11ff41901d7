{{ og_staging('product_relationships') }}
