# frozen_string_literal: true

# fog-aliyun 0.3.2 calls URI.encode, which Ruby 3.0 removed. Everything but RFC 3986's unreserved
# characters is encoded, as a signature has it; which characters fog names as unsafe does not matter.
module URI
  def self.encode(text, _unsafe = nil)
    text.to_s.b.gsub(/[^A-Za-z0-9\-_.~]/n) { |byte| format('%%%02X', byte.ord) }
  end
end
