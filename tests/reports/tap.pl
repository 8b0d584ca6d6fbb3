# Prints what Perl's own parser makes of the stream in a file, as JSON.
use strict;
use warnings;
use JSON::PP;
use TAP::Parser;

my $parser = TAP::Parser->new( { source => $ARGV[0] } );
my ( @tests, @unknown );
while ( my $line = $parser->next ) {
    if ( $line->is_test ) {
        push @tests,
          {
            map { $_ => "" . $line->$_ } qw(number description directive explanation is_ok is_actual_ok)
          };
    }
    elsif ( $line->is_yaml ) { $tests[-1]{yaml} = $line->data }
    elsif ( $line->is_unknown ) { push @unknown, $line->raw }
}
print JSON::PP->new->ascii->encode(
    {
        tests   => \@tests,
        unknown => \@unknown,
        errors  => [ map { "$_" } $parser->parse_errors ],
        version => 0 + $parser->version,
        is_good => $parser->has_problems ? JSON::PP::false : JSON::PP::true,
    }
);
