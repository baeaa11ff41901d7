{# Codes as Ordergroove documents them; one that it does not document has no name. #}
{% macro og_status_name(column) -%}
case {{ column }}
  when 1 then 'unsent'
  when 3 then 'rejected'
  when 4 then 'cancelled'
  when 5 then 'success'
  when 6 then 'send_now'
  when 9 then 'pending_batch_response'
  when 10 then 'pending_verification'
  when 11 then 'pending_placement'
  when 12 then 'exception_during_placement_preparation'
  when 13 then 'connection_error_during_placement'
  when 14 then 'response_processing_error'
  when 15 then 'generic_error_response'
  when 17 then 'merged'
  when 18 then 'credit_card_retry'
  when 19 then 'awaiting_retry_instructions'
  when 20 then 'awaiting_response_classification'
end
{%- endmacro %}

{% macro og_period_name(column) -%}
case {{ column }}
  when 1 then 'days'
  when 2 then 'weeks'
  when 3 then 'months'
  when 4 then 'years'
end
{%- endmacro %}
